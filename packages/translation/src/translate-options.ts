import { expectationOf, OptionError } from '@headstart/core/kit'
import { z } from 'zod'
import type { GenerateOptions } from './generation/generate.js'
import type { TranslatorParts } from './files/open-translator.js'
import type { TranslateOptions } from './contract.js'

const whole = (least: number) => {
  const otherwise = { error: `expected a whole number from ${least} on` }
  return z.int(otherwise).min(least, otherwise)
}

/** Languages of a translator of several. */
export const languageOptions = z.object({
  from: z.string().optional().describe('of a translator of several languages, that of the texts: en, eng_Latn'),
  to: z.string().optional().describe('of a translator of several languages, that of the translations: de, deu_Latn'),
})

/** Options of `translate` that are data, as flags of a command too. */
export const translateOptions = z.object({
  ...languageOptions.shape,
  beams: whole(1).default(1).describe('hypotheses that are followed at once; 1 takes the likeliest token each time'),
  maxLength: whole(1).optional().describe('most tokens of a translation (default: that of the model)'),
  lengthPenalty: z
    .number()
    .optional()
    .describe('with beams: above 0 favors longer translations (default: that of the model, 1)'),
  noRepeatNgram: whole(0)
    .optional()
    .describe('no sequence of so many tokens occurs twice (default: that of the model, 0: none is forbidden)'),
  repetitionPenalty: z
    .number()
    .positive()
    .optional()
    .describe('above 1 makes less likely what was said before (default: that of the model, 1: nothing)'),
  glossary: z
    .record(z.string(), z.string())
    .optional()
    .describe('how terms are translated: workspace=Arbeitsbereich,editor=Editor'),
  keep: z.array(z.string()).optional().describe('words that stay as they are, beside placeholders: names of products'),
  longTexts: z
    .enum(['split', 'refuse'])
    .default('split')
    .describe('a text of more tokens than the model reads is split at its sentences, or refused'),
  batchSize: whole(1).default(16).describe('texts that are translated at once, at most'),
})

/**
 * How targets are generated, from options of `translate` and what the model says.
 * @throws OptionError for an option that is out of range.
 */
export function generateOptions({ config, maxLength }: TranslatorParts, given: TranslateOptions): GenerateOptions {
  const { data, error } = translateOptions.omit({ keep: true }).safeParse(given)
  const [issue] = error?.issues ?? []
  if (issue || !data) {
    const name = String(issue?.path[0])
    const got = JSON.stringify((given as Readonly<Record<string, unknown>>)[name]) ?? 'nothing'
    throw new OptionError(
      `option "${name}"`,
      issue ? expectationOf(issue) : 'another value',
      got,
      'Correct it, or leave it out.',
    )
  }
  return {
    beams: data.beams,
    batchSize: data.batchSize,
    // What a configuration says counts the token that the decoder starts with.
    maxLength: Math.min(data.maxLength ?? (config.max_length ?? maxLength + 1) - 1, maxLength),
    lengthPenalty: data.lengthPenalty ?? config.length_penalty ?? 1,
    noRepeatNgram: data.noRepeatNgram ?? config.no_repeat_ngram_size ?? 0,
    repetitionPenalty: data.repetitionPenalty ?? config.repetition_penalty ?? 1,
    signal: given.signal,
  }
}
