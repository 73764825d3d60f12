import type { Comparison, ComparisonRow, Difference, Protocol, Shown } from '@headstart/core'
import { counted, effectOf, OptionError, random, shown, textTable } from '@headstart/core/kit'
import type { Languages, Pair, TranslationData } from '../data/pair.js'
import { pairsFor } from '../data/pairs-for.js'
import { bleu } from '../evaluate/bleu.js'
import { chrF2 } from '../evaluate/chrf.js'
import { scoreOf } from '../evaluate/metric.js'

/** Options of `pairsHeldOut`. */
export interface PairsHeldOutOptions {
  readonly languages: Languages | undefined
  /** Numbers of pairs that are learned from. Default 100, 500, 2,000. */
  readonly shots?: readonly number[] | undefined
  /** Random draws of these. Default 3. */
  readonly draws?: number | undefined
}

/** Share of the pairs that are asked about, where the data set none aside. */
const heldOutShare = 0.2

/** Random draws of so many pairs; asked are pairs of other sources, which are never drawn. */
export function pairsHeldOut({
  languages,
  shots = [100, 500, 2000],
  draws = 3,
}: PairsHeldOutOptions): Protocol<TranslationData> {
  return {
    measure: 'chrF2',
    pairs: 'draws',
    *rounds(data, { onEvent }) {
      const { train, test } = apart(data, languages, onEvent)
      const possible = [...new Set(shots)].filter((count) => count <= train.length).sort((a, b) => a - b)
      if (possible.length === 0) {
        const remedy = 'Ask for fewer shots, or add pairs.'
        throw new OptionError(
          'option "shots"',
          `numbers up to ${train.length}, the pairs to draw from`,
          shots.join(', '),
          remedy,
        )
      }
      const left = shots.filter((count) => count > train.length)
      if (left.length > 0) {
        onEvent?.({
          type: 'notice',
          message: `${left.join(', ')} pairs are left out: there are ${train.length} to draw from.`,
        })
      }
      const tests = { test: { name: data.name, pairs: test } }
      for (const count of possible) {
        for (let seed = 0; seed < draws; seed++) {
          const drawn = random(seed).shuffle(train).slice(0, count)
          const columns = { shots: count }
          yield { row: counted(count, 'pair'), columns, seed, train: { name: data.name, pairs: drawn }, tests }
        }
      }
    },
    show: (comparison, rounds) => show(comparison, rounds[0]?.tests.test.pairs ?? []),
  }
}

/** What is drawn from, and what is asked: that which the data set aside, or a part. No source is on both sides. */
function apart(
  data: TranslationData,
  languages: Languages | undefined,
  onEvent: Parameters<Protocol<TranslationData>['rounds']>[1]['onEvent'],
): { train: Pair[]; test: Pair[] } {
  const pairs = pairsFor(data, { languages, onEvent, least: 15 })
  const set = data.test && pairsFor({ name: data.name, pairs: data.test }, { languages })
  const sources = random(0).shuffle([...new Set(pairs.map(({ source }) => source))])
  const asked = new Set(
    set ? set.map(({ source }) => source) : sources.slice(0, Math.ceil(heldOutShare * sources.length)),
  )
  return {
    train: pairs.filter(({ source }) => !asked.has(source)),
    test: set ?? pairs.filter(({ source }) => asked.has(source)),
  }
}

/** One line of the table, as programs know it. */
function rowOf({ learner, columns, draws, spreads, seconds }: ComparisonRow) {
  const none = { mean: 0, sd: 0 }
  return {
    method: learner,
    shots: Number(columns['shots']),
    seeds: draws,
    chrf: spreads['chrf'] ?? none,
    bleu: spreads['bleu'] ?? none,
    trainSeconds: seconds,
  }
}

function show({ rows, differences }: Comparison, test: readonly Pair[]): Shown {
  const [sources, targets] = [test.map(({ source }) => source), test.map(({ target }) => target)]
  const figures = {
    kind: 'translation',
    testPairs: test.length,
    signatures: { chrf: chrF2.signature, bleu: bleu.signature },
    copiedSource: { chrf: scoreOf(chrF2, sources, targets), bleu: scoreOf(bleu, sources, targets) },
    rows: rows.map(rowOf),
    verdict: differences.map(sentenceOf).join(' ') || 'Only one method was measured: there is nothing to compare.',
  }
  return shown(figures, tableOf)
}

function sentenceOf(difference: Difference): string {
  const { row, what, learner, to, mean, margin } = difference
  const points = `${mean < 0 ? '-' : '+'}${Math.abs(mean).toFixed(1)} chrF2 per text`
  const range = Number.isFinite(margin) ? ` (± ${margin.toFixed(1)})` : ' (one seed: no interval)'
  return `With ${row} ${what} ${effectOf(difference)}: ${points}${range}, ${learner} beside ${to}.`
}

function tableOf(figures: {
  readonly testPairs: number
  readonly copiedSource: { readonly chrf: number; readonly bleu: number }
  readonly rows: readonly ReturnType<typeof rowOf>[]
  readonly verdict: string
}): string {
  const { rows, testPairs, copiedSource, verdict } = figures
  const spread = ({ mean, sd }: { mean: number; sd: number }): string => `${mean.toFixed(1)} ± ${sd.toFixed(1)}`
  const lines = rows
    .toSorted((a, b) => a.shots - b.shots)
    .map(({ method, shots, chrf, bleu: own, trainSeconds }) => [
      `${shots}`,
      method,
      spread(chrf),
      spread(own),
      `${trainSeconds.toFixed(0)} s`,
    ])
  const draws = Math.max(...rows.map(({ seeds }) => seeds))
  return [
    textTable([['pairs', 'method', 'chrF2', 'BLEU', 'training'], ...lines]),
    `Mean ± standard deviation over ${counted(draws, 'draw')}, on ${counted(testPairs, 'pair')} not trained on; the copied source: chrF2 ${copiedSource.chrf.toFixed(1)}, BLEU ${copiedSource.bleu.toFixed(1)}.`,
    verdict,
  ].join('\n')
}
