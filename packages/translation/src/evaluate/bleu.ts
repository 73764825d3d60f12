import { type Metric, sharedNgrams } from './metric.js'
import { tokens13a } from './tokens-13a.js'

const longest = 4

/**
 * BLEU (Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", 2002), as sacreBLEU (Post, "A Call for Clarity
 * in Reporting BLEU Scores", 2018) computes it where nothing else is said: tokens of mteval-v13a, n-grams of 1 to 4 of them,
 *
 *     BLEU = 100 · min(1, exp(1 - reference / hypothesis)) · exp(1/4 Σ_n log p_n)
 *
 * and exponential smoothing (Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", 2014, method 3):
 * the k-th n of which no n-gram is right counts as if 1 / 2^k of one were.
 */
export const bleu: Metric = {
  name: 'BLEU',
  signature: 'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp',
  counts(hypothesis, reference) {
    const [own, other] = [tokens13a(hypothesis), tokens13a(reference)]
    const ngrams = Array.from({ length: longest }, (_, index) => {
      const [all, , shared] = sharedNgrams(own, other, index + 1)
      return [shared, all]
    })
    return [own.length, other.length, ...ngrams.flat()]
  },
  score([hypothesis = 0, reference = 0, ...ngrams]) {
    const pairs = Array.from(
      { length: longest },
      (_, index) => ngrams.slice(2 * index, 2 * index + 2) as [number, number],
    )
    if (pairs.every(([shared]) => shared === 0) || pairs.some(([, all]) => all === 0)) return 0
    let wrong = 0
    const logarithms = pairs.map(([shared, all]) => Math.log(shared > 0 ? shared / all : 1 / (2 ** ++wrong * all)))
    const penalty = Math.min(1, Math.exp(1 - reference / hypothesis))
    return 100 * penalty * Math.exp(logarithms.reduce((sum, one) => sum + one, 0) / longest)
  },
}
