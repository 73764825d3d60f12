import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { JsonObject } from '@headstart/core'

/** Begins every word, in the place of the space before it. */
const separator = '\u2581'

/**
 * The `tokenizer.json` of one side of a Marian model, from the files that Python reads: the pieces that a model of SentencePiece cuts a
 * text into, with the ids that a vocabulary gives them.
 * @param vocabulary `vocab.json` or `target_vocab.json`, parsed: ids by piece.
 * @param model Bytes of `source.spm` or `target.spm`.
 * @throws Error for bytes that are no such model.
 */
export function sentencePieceTokenizer(vocabulary: Readonly<Record<string, number>>, model: Uint8Array): JsonObject {
  const scores = scoresOf(model)
  // What the model does not know is never better than what it knows: codes of languages, `<pad>`, pieces of the other side.
  const lowest = Math.min(...scores.values())
  const vocab = Object.entries(vocabulary)
    .sort(([, a], [, b]) => a - b)
    .map(([piece]): [string, number] => [piece, scores.get(piece) ?? lowest])
  const idOf = (piece: string): number => vocabulary[piece] ?? 0
  const metaspace = { type: 'Metaspace', replacement: separator, prepend_scheme: 'always', split: true }
  const end = { id: '</s>', type_id: 0 }
  const sequence = { Sequence: { id: 'A', type_id: 0 } }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.keys(vocabulary)
      .filter((piece) => /^(<\/?s>|<unk>|<pad>|>>\w+<<)$/.test(piece))
      .map((content) => ({
        id: idOf(content),
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }],
    },
    pre_tokenizer: metaspace,
    post_processor: {
      type: 'TemplateProcessing',
      single: [sequence, { SpecialToken: end }],
      pair: [sequence, { Sequence: { id: 'B', type_id: 0 } }, { SpecialToken: end }],
      special_tokens: { '</s>': { id: '</s>', ids: [idOf('</s>')], tokens: ['</s>'] } },
    },
    decoder: metaspace,
    model: { type: 'Unigram', unk_id: idOf('<unk>'), byte_fallback: false, vocab },
  }
}

/** Log-probabilities of pieces: field 1 of a `ModelProto`, of which 1 is the piece and 2 its score (sentencepiece_model.proto). */
function scoresOf(model: Uint8Array): Map<string, number> {
  const scores = new Map<string, number>()
  const reader = new BinaryReader(model)
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field !== 1 || type !== WireType.LengthDelimited) {
      reader.skip(type, field)
      continue
    }
    const entry = new BinaryReader(reader.bytes())
    let [piece, score] = ['', 0]
    while (entry.pos < entry.len) {
      const [part, kind] = entry.tag()
      if (part === 1 && kind === WireType.LengthDelimited) piece = entry.string()
      else if (part === 2 && kind === WireType.Bit32) score = entry.float()
      else entry.skip(kind, part)
    }
    scores.set(piece, score)
  }
  if (scores.size === 0) throw new Error('a model of SentencePiece without pieces')
  return scores
}
