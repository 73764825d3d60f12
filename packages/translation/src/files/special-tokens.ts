import { ModelFilesError } from '@headstart/hub'
import type { SpecialTokens } from '../contract.js'
import type { OpenTokenizer } from './open-tokenizer.js'
import type { TranslatorConfig } from './translator-config.js'

/**
 * Ids of the tokens that steer the decoder, from the settings of a model.
 * @throws ModelFilesError where they are not said, or the tokenizer does not know them.
 */
export function specialTokensOf(
  who: string,
  config: TranslatorConfig,
  { source, target }: OpenTokenizer,
): Omit<SpecialTokens, 'forcedStart'> {
  const eos = [config.eos_token_id ?? []].flat()[0]
  const pad = config.pad_token_id ?? eos
  const decoderStart = config.decoder_start_token_id ?? config.bos_token_id ?? pad
  if (eos === undefined || pad === undefined || decoderStart === undefined) {
    const remedy = 'Take config.json and generation_config.json as they were published.'
    throw new ModelFilesError(who, 'a configuration with eos_token_id', 'one without', remedy)
  }
  for (const [name, id] of Object.entries({ eos, pad, decoderStart })) {
    if (target.tokenizer.id_to_token(id) === undefined) {
      throw new ModelFilesError(who, `a tokenizer that knows the token ${name}, ${id}`, 'one that does not', another)
    }
  }
  const single = (config.bad_words_ids ?? []).flatMap((ids) => (ids.length === 1 ? ids : []))
  const sourcePad = source === target ? pad : (source.tokenizer.token_to_id('<pad>') ?? 0)
  return { eos, pad, sourcePad, decoderStart, suppressed: [...new Set([...single, ...(config.suppress_tokens ?? [])])] }
}

const another = 'The files are of different models, or damaged: fetch the model again.'

/**
 * Refuses a tokenizer of the source alone: the decoder puts out ids of another vocabulary.
 * @throws ModelFilesError
 */
export function requireTargetSide(
  who: string,
  { vocab_size: source, decoder_vocab_size: target = source }: TranslatorConfig,
  { source: own, target: other, settings }: OpenTokenizer,
): void {
  const isApart = own === other && (settings['separate_vocabs'] === true || (source != null && source !== target))
  const size = other.tokenizer.get_vocab().size
  // Sizes are rounded up for processors: by less than this.
  const isShort = target != null && size < 0.9 * target
  if (!isApart && !isShort) return
  const got = isApart ? 'one of the source alone' : `one of ${size} tokens, of the decoder's ${target}`
  const remedy =
    'Of a model whose sides have a vocabulary each, add target_vocab.json and target.spm, as they were published for Python.'
  throw new ModelFilesError(`${who}, tokenizer.json`, 'a tokenizer of both sides, source and target', got, remedy)
}
