import { type Metric, sharedNgrams } from './metric.js'

const longest = 6
const beta = 2

/**
 * chrF2, the F-score of n-grams of characters, 1 to 6 of them, of which recall counts twice as much as precision (Popović, "chrF:
 * character n-gram F-score for automatic MT evaluation", 2015, equation 1, and "chrF deconstructed", 2016), as sacreBLEU (Post, "A Call
 * for Clarity in Reporting BLEU Scores", 2018) has it from version 2.0 on:
 *
 *     chrF2 = 100 · (1 + β²) P R / (β² P + R),   β = 2
 *
 * with P and R the means of precision and recall over those n of which both sides have n-grams. White space does not count.
 */
export const chrF2: Metric = {
  name: 'chrF2',
  signature: 'nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no',
  counts(hypothesis, reference) {
    const [own, other] = [charactersOf(hypothesis), charactersOf(reference)]
    return Array.from({ length: longest }, (_, index) => {
      const [hypotheses, references, shared] = sharedNgrams(own, other, index + 1)
      // Of a reference that is too short for this n nothing is asked.
      return [references > 0 ? hypotheses : 0, references, shared]
    }).flat()
  },
  score(counts) {
    let [precision, recall, orders] = [0, 0, 0]
    for (let place = 0; place < 3 * longest; place += 3) {
      const [hypotheses = 0, references = 0, shared = 0] = counts.slice(place, place + 3)
      if (hypotheses === 0 || references === 0) continue
      precision += shared / hypotheses
      recall += shared / references
      orders++
    }
    if (precision + recall === 0) return 0
    const [p, r] = [precision / orders, recall / orders]
    return (100 * (1 + beta ** 2) * p * r) / (beta ** 2 * p + r)
  },
}

/** Whole characters, those beyond the first plane too, without white space. */
function charactersOf(text: string): string[] {
  return [...text.replace(/\s+/gu, '')]
}
