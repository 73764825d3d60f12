import { OptionError } from '@headstart/core/kit'
import { languageOf } from './language-of.js'
import type { OpenTokenizer, Side } from './open-tokenizer.js'
import type { TranslatorConfig } from './translator-config.js'

/** What languages put around the tokens of a text. */
export interface Languages {
  /** Words before every source: `translate English to German: ` (T5). */
  readonly prefix: string
  /** Tokens around those of a source; undefined where the tokenizer itself puts them there. */
  readonly source?: { readonly before: readonly number[]; readonly after: readonly number[] } | undefined
  /** The token that a target begins with. */
  readonly target?: number | undefined
}

/** The languages that are translated. */
export interface LanguageOptions {
  /** Language of the sources, as the model calls it: 'en', 'eng_Latn'. Only models of several want to know. */
  readonly from?: string | undefined
  /** Language of the translations. */
  readonly to?: string | undefined
}

/** The token of a language: that of M2M100, of mBART, of NLLB. */
const isLanguage = /^(__[a-z]{2,3}__|[a-z]{2}_[A-Z]{2}|[a-z]{3}_[A-Z][a-z]{3})$/

/** How models of several languages write the token of one. */
const codes: readonly ((language: string) => string)[] = [
  (language) => language, // NLLB: eng_Latn; mBART: en_XX
  (language) => `__${language}__`, // M2M100
]

/**
 * What the languages put around texts, by the kind of model: a token of the source and one of the target (M2M100, NLLB, mBART), a
 * token of the target before the source (OPUS-MT of several targets), words (T5), or nothing.
 * @throws OptionError for a language that the model does not know, and where one must be said.
 */
export function languagesOf(
  who: string,
  config: TranslatorConfig,
  { source: { tokenizer }, settings }: OpenTokenizer,
  eos: number,
  { from, to }: LanguageOptions,
): Languages {
  const kind = config.model_type
  if (/^(m2m_100|mbart|nllb)/.test(kind)) {
    const token = (option: 'from' | 'to', language: string | undefined): number => {
      const known = [...tokenizer.get_vocab().keys()].filter((one) => isLanguage.test(one))
      const named = language === undefined ? [] : codes.map((code) => code(language))
      // 'de' is deu_Latn and de_DE too, where there is no other of that language.
      const alike = known.filter((one) => languageOf(one.replaceAll('__', '')) === languageOf(language ?? ''))
      const found = named.find((one) => tokenizer.token_to_id(one) !== undefined)
      const [name] = found !== undefined ? [found] : alike.length === 1 ? alike : []
      const id = name === undefined ? undefined : tokenizer.token_to_id(name)
      if (id !== undefined) return id
      const shown = alike.length > 1 && language !== undefined ? alike : known
      const expected = `a language that ${who} knows (${shown.slice(0, 6).join(', ')}, ...)`
      throw new OptionError(
        `option "${option}"`,
        expected,
        language ?? 'nothing',
        'Name the language as the model does.',
      )
    }
    const text = (name: string): string | undefined => (typeof settings[name] === 'string' ? settings[name] : undefined)
    const [source, target] = [token('from', from ?? text('src_lang')), token('to', to ?? text('tgt_lang'))]
    // The first mBART has the language behind the text.
    const isBehind = kind === 'mbart' && settings['tokenizer_class'] === 'MBartTokenizer'
    return {
      prefix: '',
      source: isBehind ? { before: [], after: [eos, source] } : { before: [source], after: [eos] },
      target,
    }
  }
  if (kind === 'marian') return marian(who, { tokenizer, settings }, eos, to)
  return { prefix: taskPrefix(config, from, to), target: config.forced_bos_token_id ?? undefined }
}

function marian(
  who: string,
  { tokenizer, settings }: { tokenizer: Side['tokenizer']; settings: OpenTokenizer['settings'] },
  eos: number,
  to: string | undefined,
): Languages {
  const targets = [...tokenizer.get_vocab().keys()].filter((token) => /^>>\w+<<$/.test(token))
  if (targets.length === 0) {
    const only = settings['target_lang']
    if (typeof only !== 'string' || to === undefined || languageOf(only) === languageOf(to)) return { prefix: '' }
    throw new OptionError(
      'option "to"',
      `${only}, which is all that ${who} translates into`,
      to,
      'Choose another model.',
    )
  }
  const id = to === undefined ? undefined : tokenizer.token_to_id(`>>${to}<<`)
  if (id !== undefined) return { prefix: '', source: { before: [id], after: [eos] } }
  const known = targets.slice(0, 8).map((token) => token.slice(2, -2))
  throw new OptionError(
    'option "to"',
    `a language that ${who} translates into (${known.join(', ')})`,
    to ?? 'nothing',
    'Name one of these.',
  )
}

/** T5 is told in words what to do. */
function taskPrefix(config: TranslatorConfig, from: string | undefined, to: string | undefined): string {
  const tasks = Object.entries(config.task_specific_params ?? {}).filter(([name]) => name.startsWith('translation_'))
  const wanted = from !== undefined && to !== undefined ? `translation_${from}_to_${to}` : undefined
  const named = tasks.find(([name]) => name === wanted)?.[1]?.prefix
  if (named != null) return named
  if (wanted !== undefined && config.model_type.endsWith('t5')) {
    const name = (code: string): string => new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code
    return `translate ${name(from as string)} to ${name(to as string)}: `
  }
  if (tasks.length > 1) {
    const known = tasks.map(([name]) => name.slice('translation_'.length).replace('_to_', ' to ')).join(', ')
    throw new OptionError('options "from" and "to"', `languages of the model (${known})`, 'none', 'Name both.')
  }
  return tasks[0]?.[1]?.prefix ?? config.prefix ?? ''
}
