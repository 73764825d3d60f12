import type { RunOptions } from '@headstart/core'
import type { TranslateOptions, Translator } from '../contract.js'
import type { Pair } from '../data/pair.js'
import { chrF2 } from '../evaluate/chrf.js'
import { scoreOf } from '../evaluate/metric.js'

/** Pairs that are translated to choose by, at most. */
const mostTranslated = 100
/** Settings that are tried one after the other, each with the best of those before, beside what the model says. */
const tried = [
  { setting: 'no_repeat_ngram_size', option: 'noRepeatNgram', values: [3, 4] },
  { setting: 'repetition_penalty', option: 'repetitionPenalty', values: [1.1, 1.2] },
] as const

/** How a translator translates best. */
export interface Settled {
  /** What is to be changed in `generation_config.json`; nothing where the model's own is best. */
  readonly settings: Readonly<Record<string, number>>
  /** chrF2 of pairs translated so. */
  readonly chrf: number
}

/**
 * Chooses how translations are generated, by pairs that were not learned from: a translator that was tuned on few pairs, unsure,
 * says phrases over and over, which the loss of a token does not tell. What is chosen is a setting of the hub, which Transformers.js keeps to.
 */
export async function settle(
  translator: Translator,
  heldOut: readonly Pair[],
  { signal, onEvent }: RunOptions = {},
): Promise<Settled> {
  const ways = tried.map(({ setting, option, values }) => {
    return { setting, option, values: values.filter((one) => one !== translator.config[setting]) }
  })
  const total = 1 + ways.reduce((sum, { values }) => sum + values.length, 0)
  let done = 0
  const tell = (): void => onEvent?.({ type: 'trial', what: 'ways to translate, on pairs held out', done, total })
  tell()
  let best: Settled = { settings: {}, chrf: await chrfOf(translator, heldOut, { signal }) }
  let chosen = {}
  for (const { setting, option, values } of ways) {
    const before = chosen
    for (const value of values) {
      done++
      tell()
      const options = { ...before, [option]: value }
      const chrf = await chrfOf(translator, heldOut, { signal, ...options })
      if (chrf <= best.chrf) continue
      best = { settings: { ...best.settings, [setting]: value }, chrf }
      chosen = options
    }
  }
  done = total
  tell()
  return best
}

/** chrF2 of greedy translations of pairs, of the first of them where there are many. */
export async function chrfOf(
  translator: Translator,
  pairs: readonly Pair[],
  options: Pick<TranslateOptions, 'signal' | 'noRepeatNgram'>,
): Promise<number> {
  const asked = pairs.slice(0, mostTranslated)
  const said = await translator.translate(
    asked.map(({ source }) => source),
    options,
  )
  return scoreOf(
    chrF2,
    said.map(({ text }) => text),
    asked.map(({ target }) => target),
  )
}
