import type { Translator } from '../contract.js'
import type { Pair } from '../data/pair.js'
import { chrF2 } from '../evaluate/chrf.js'
import { scoreOf } from '../evaluate/metric.js'
import { languageOf } from '../files/language-of.js'
import { everydaySentences } from './everyday-sentences.js'

/** What became of the ability to translate other things. */
export interface Forgotten {
  /** 'pairs': measured on translations that were given; 'own translations': on what the translator itself said before. */
  readonly by: 'pairs' | 'own translations'
  readonly sentences: number
  /** chrF2 before; 100 by its own translations. */
  readonly before: number
  readonly after: number
}

/**
 * How much of its general ability a translator lost: on pairs of another domain, or by its own translations of everyday sentences
 * before it was adapted.
 * @returns undefined without pairs, where there are no such sentences in its language.
 */
export async function forgottenBy(
  before: Translator,
  after: Translator,
  general: readonly Pair[] | undefined,
  signal?: AbortSignal,
): Promise<Forgotten | undefined> {
  const said = async (translator: Translator, texts: readonly string[]): Promise<string[]> =>
    (await translator.translate(texts, { signal })).map(({ text }) => text)
  if (general && general.length > 0) {
    const [sources, targets] = [general.map(({ source }) => source), general.map(({ target }) => target)]
    const score = async (translator: Translator): Promise<number> =>
      scoreOf(chrF2, await said(translator, sources), targets)
    return { by: 'pairs', sentences: general.length, before: await score(before), after: await score(after) }
  }
  const sentences = everydaySentences[languageOf(before.languages.from ?? '') ?? '']
  if (!sentences) return undefined
  const own = await said(before, sentences)
  return {
    by: 'own translations',
    sentences: sentences.length,
    before: 100,
    after: scoreOf(chrF2, await said(after, sentences), own),
  }
}
