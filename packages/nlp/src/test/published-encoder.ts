import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { random } from '@headstart/core/kit'
import { float32, type Graph, GraphBuilder, type Tensor, type Value } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'

/** Files of a model by name, in the layout of the Hugging Face Hub. */
export type PublishedFiles = Record<string, object | Uint8Array>

/** Sizes of an encoder. */
export interface EncoderSizes {
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  readonly positions: number
}

const tiny: EncoderSizes = { hidden: 32, layers: 2, heads: 4, positions: 64 }

/**
 * A BERT (Devlin et al. 2018) as PyTorch exports it, with random weights: masks by Where and Expand or by arithmetic,
 * shapes by Shape, Gather and Concat, decomposed normalization and Gelu. Its WordPiece knows a few English words.
 */
export function bertFiles(sizes: Partial<EncoderSizes> = {}): PublishedFiles {
  const all = { ...tiny, ...sizes }
  return {
    'config.json': {
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: all.hidden,
      num_hidden_layers: all.layers,
      num_attention_heads: all.heads,
      max_position_embeddings: all.positions,
      pad_token_id: 0,
      vocab_size: wordPieces.length,
    },
    'tokenizer.json': wordPieceTokenizer(),
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      model_max_length: all.positions,
      pad_token: '[PAD]',
      do_lower_case: true,
    },
    'onnx/model.onnx': encodeModel(encoderGraph('bert', wordPieces.length, all)),
  }
}

/** A RoBERTa (Liu et al. 2019): positions counted from the mask, no kinds of segment, a byte-level BPE. */
export function robertaFiles(sizes: Partial<EncoderSizes> = {}): PublishedFiles {
  const all = { ...tiny, ...sizes }
  const { json, size } = bytePairTokenizer()
  return {
    'config.json': {
      model_type: 'roberta',
      architectures: ['RobertaModel'],
      hidden_size: all.hidden,
      num_hidden_layers: all.layers,
      num_attention_heads: all.heads,
      max_position_embeddings: all.positions,
      pad_token_id: 1,
      vocab_size: size,
    },
    'tokenizer.json': json,
    'tokenizer_config.json': {
      tokenizer_class: 'RobertaTokenizer',
      model_max_length: all.positions - 2,
      pad_token: '<pad>',
    },
    'onnx/model.onnx': encodeModel(encoderGraph('roberta', size, all)),
  }
}

/** Settings of sentence-transformers for a folder. */
export function sentenceTransformersFiles(
  mode: 'mean_tokens' | 'cls_token' | 'lasttoken' | 'max_tokens',
  { normalize = true } = {},
): PublishedFiles {
  const module = (idx: number, path: string, kind: string) => ({
    idx,
    name: String(idx),
    path,
    type: `sentence_transformers.models.${kind}`,
  })
  const modules = [module(0, '', 'Transformer'), module(1, '1_Pooling', 'Pooling')]
  return {
    'modules.json': normalize ? [...modules, module(2, '2_Normalize', 'Normalize')] : modules,
    '1_Pooling/config.json': { word_embedding_dimension: 32, [`pooling_mode_${mode}`]: true },
    'sentence_bert_config.json': { max_seq_length: 48, do_lower_case: false },
  }
}

/** The contents of files as they stand in a folder. */
export function asBytes(files: PublishedFiles): Record<string, Uint8Array> {
  const bytes = (content: object | Uint8Array): Uint8Array =>
    content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content))
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, bytes(content)]))
}

/** Writes files into a folder. */
export async function writeFiles(folder: string, files: PublishedFiles): Promise<void> {
  for (const [name, content] of Object.entries(asBytes(files))) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

/** An encoder's network: tokens to `last_hidden_state`. */
export function encoderGraph(
  kind: 'bert' | 'roberta',
  vocabulary: number,
  { hidden, layers, heads, positions }: EncoderSizes,
  opset = 14,
): Graph {
  const { normal } = random(kind === 'bert' ? 3 : 4)
  const drawn = (dims: readonly number[], scale = 0.4): Tensor =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * normal()),
    )
  const g = new GraphBuilder('main_graph', { opsets: { '': opset } })
  const ids = g.input('input_ids', 'int64', ['batch_size', 'sequence_length'])
  const mask = g.input('attention_mask', 'int64', ['batch_size', 'sequence_length'])
  const shape = g.op('Shape', [ids])
  const length = g.op('Gather', [shape, g.ints(1)], { axis: 0 })

  const dense = (x: Value, name: string, inputs: number, outputs: number): Value =>
    g.op('Add', [
      g.weight(`${name}.bias`, drawn([outputs])),
      g.op('MatMul', [x, g.weight(`${name}.weight`, drawn([inputs, outputs], 0.6 / Math.sqrt(inputs) + 0.05))]),
    ])
  const norm = (x: Value, name: string): Value => {
    const mean = (of: Value): Value => g.op('ReduceMean', [of], { axes: [-1] })
    const centered = g.op('Sub', [x, mean(x)])
    const deviation = g.op('Sqrt', [g.op('Add', [mean(g.op('Pow', [centered, g.scalar(2)])), g.scalar(1e-12)])])
    const scale = g.weight(
      `${name}.weight`,
      float32(
        [hidden],
        Float32Array.from({ length: hidden }, () => 1 + 0.1 * normal()),
      ),
    )
    return g.op('Add', [
      g.op('Mul', [g.op('Div', [centered, deviation]), scale]),
      g.weight(`${name}.bias`, drawn([hidden], 0.1)),
    ])
  }
  const gelu = (x: Value): Value => {
    const erf = g.op('Erf', [g.op('Div', [x, g.scalar(Math.SQRT2)])])
    return g.op('Mul', [g.op('Mul', [x, g.op('Add', [erf, g.scalar(1)])]), g.scalar(0.5)])
  }

  const embedded = g.scope('embeddings', () => {
    const words = g.op('Gather', [g.weight('word_embeddings.weight', drawn([vocabulary, hidden])), ids])
    const table = g.weight('position_embeddings.weight', drawn([positions, hidden]))
    if (kind === 'roberta') {
      const real = g.op('Cast', [g.op('Not', [g.op('Equal', [ids, g.ints(1)])])], { to: 7 })
      const places = g.op('Add', [g.op('Mul', [g.op('CumSum', [real, g.ints(1)]), real]), g.ints(1)])
      return norm(g.op('Add', [words, g.op('Gather', [table, places])]), 'LayerNorm')
    }
    const kinds = g.op('Gather', [
      g.weight('token_type_embeddings.weight', drawn([2, hidden])),
      g.input('token_type_ids', 'int64', ['batch_size', 'sequence_length']),
    ])
    const places = g.op('Slice', [
      g.weight('position_ids', {
        type: 'int64',
        dims: [1, positions],
        data: BigInt64Array.from({ length: positions }, (_, i) => BigInt(i)),
      }),
      g.ints([0]),
      g.op('Unsqueeze', [length, g.ints([0])]),
      g.ints([1]),
    ])
    return norm(g.op('Add', [g.op('Add', [words, kinds]), g.op('Gather', [table, places])]), 'LayerNorm')
  })

  const wide = g.op('Unsqueeze', [mask, g.ints([1, 2])])
  const hiddenTokens = g.op('Sub', [g.scalar(1), g.op('Cast', [wide], { to: 1 })])
  // One family by arithmetic, the other by Where on a mask that is expanded, as older and newer exports have it.
  const target = g.op(
    'Concat',
    [
      g.op('Slice', [shape, g.ints([0]), g.ints([1])]),
      g.ints([1]),
      g.op('Unsqueeze', [length, g.ints([0])]),
      g.op('Unsqueeze', [length, g.ints([0])]),
    ],
    { axis: 0 },
  )
  const bias =
    kind === 'bert'
      ? g.op('Mul', [hiddenTokens, g.scalar(-10_000)])
      : g.op('Where', [
          g.op('Cast', [g.op('Expand', [hiddenTokens, target])], { to: 9 }),
          g.scalar(-3.4028234663852886e38),
          g.op('Expand', [hiddenTokens, target]),
        ])

  let x = embedded
  for (let layer = 0; layer < layers; layer++) {
    x = g.scope(`encoder/layer.${layer}`, () => {
      const size = hidden / heads
      const split = (of: Value, order: readonly number[]): Value => {
        const dims = g.op('Shape', [of])
        const grid = g.op(
          'Concat',
          [g.op('Slice', [dims, g.ints([0]), g.ints([2])]), g.ints([heads]), g.ints([size])],
          { axis: 0 },
        )
        return g.op('Transpose', [g.op('Reshape', [of, grid])], { perm: order })
      }
      const q = split(dense(x, 'attention.self.query', hidden, hidden), [0, 2, 1, 3])
      const k = split(dense(x, 'attention.self.key', hidden, hidden), [0, 2, 3, 1])
      const v = split(dense(x, 'attention.self.value', hidden, hidden), [0, 2, 1, 3])
      const scores = g.op('Add', [g.op('Div', [g.op('MatMul', [q, k]), g.scalar(Math.sqrt(size))]), bias])
      const context = g.op('Transpose', [g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), v])], {
        perm: [0, 2, 1, 3],
      })
      const joined = g.op('Reshape', [context, g.ints([0, 0, hidden])])
      const attended = norm(
        g.op('Add', [dense(joined, 'attention.output.dense', hidden, hidden), x]),
        'attention.output.LayerNorm',
      )
      const inner = gelu(dense(attended, 'intermediate.dense', hidden, 4 * hidden))
      return norm(g.op('Add', [dense(inner, 'output.dense', 4 * hidden, hidden), attended]), 'output.LayerNorm')
    })
  }
  g.output('last_hidden_state', x, 'float32', ['batch_size', 'sequence_length', hidden])
  return g.build()
}

const words =
  'the a of and to in is was it for on with as at by this that food service staff friendly good bad great terrible room hotel film movie very not'
const specialPieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const wordPieces = [
  ...specialPieces,
  ...'.,!?\'"-',
  ...words.split(' '),
  ...[...'abcdefghijklmnopqrstuvwxyz0123456789']
    .flatMap((sign) => [sign, `##${sign}`])
    .filter((piece) => piece !== 'a'),
  ...'##ing ##ed ##ly ##er ##tion'.split(' '),
]

function special(id: number, content: string): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
}

function wordPieceTokenizer(): object {
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialPieces.map((content, id) => special(id, content)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]')],
      pair: [
        token('[CLS]'),
        { Sequence: { id: 'A', type_id: 0 } },
        token('[SEP]'),
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id, place) => [id, { id, ids: [place + 2], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(wordPieces.map((piece, id) => [piece, id])),
    },
  }
}

function bytePairTokenizer(): { json: object; size: number } {
  // The 256 bytes under the printable characters that GPT-2 gives them (Radford et al. 2019).
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  let next = 256
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
  const merges = [
    't h',
    'th e',
    'Ġ the',
    'Ġ a',
    'i n',
    'Ġ f',
    'o o',
    'Ġf oo',
    'Ġfoo d',
    'e r',
    's t',
    'Ġ w',
    'Ġw a',
    'Ġwa s',
  ]
  const vocabulary = ['<s>', '<pad>', '</s>', '<unk>', ...bytes, ...merges.map((merge) => merge.replace(' ', ''))]
  return {
    size: vocabulary.length,
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: ['<s>', '<pad>', '</s>', '<unk>'].map((content, id) => special(id, content)),
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: {
        type: 'RobertaProcessing',
        sep: ['</s>', 2],
        cls: ['<s>', 0],
        trim_offsets: true,
        add_prefix_space: false,
      },
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        fuse_unk: false,
        vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
        merges,
      },
    },
  }
}
