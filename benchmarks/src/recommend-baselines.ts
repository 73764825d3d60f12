import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  als,
  blend,
  ease,
  evaluateRanking,
  itemKnn,
  leaveOneOut,
  meanNdcg,
  popularity,
  positives,
  readShop,
  type RankingReport,
  type Scorer,
  type Split,
  type SparseRows,
  textSimilarity,
  tfIdf,
  transitions,
} from '@headstart/recommender'
import type { Benchmark, Figure } from './figure.js'
import { secondsOf } from './measure.js'

/** A method with settings: fitted on what a split may learn from. */
interface Candidate {
  readonly settings: string
  fit(split: Split): Scorer | Promise<Scorer>
}

/** NDCG@10 of other implementations under this protocol, on the same files. */
const peers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'online-retail': { popularity: 0.0181, text: 0.136, 'item-knn': 0.0757, als: 0.0732, ease: 0.1041, 'ease-text': 0.1811 },
  'online-retail-nextbasket': { popularity: 0.0068, text: 0.0236, 'item-knn': 0.0232, als: 0.022, ease: 0.0272, 'ease-text': 0.0278 },
  'movietweetings-100k': { popularity: 0.0655, text: 0.0299, 'item-knn': 0.0808, als: 0.0677, ease: 0.0793, 'ease-text': 0.0835 },
  'amz-industrial': { popularity: 0.016, text: 0.0657, 'item-knn': 0.0628, als: 0.0539, ease: 0.0618, 'ease-text': 0.0786 },
  'ml-latest-small': { popularity: 0.02, text: 0.0202, 'item-knn': 0.0317, als: 0.0356, ease: 0.0349, 'ease-text': 0.044 },
  'completejourney-types': { popularity: 0.0505, text: 0.0058, 'item-knn': 0.0534, als: 0.0506, ease: 0.0529, 'ease-text': 0.0533 },
}

/** Whether a folder is a shop, or holds folders that are. */
export function holdsShops(folder: string): boolean {
  return shopsIn(folder).length > 0
}

function shopsIn(folder: string): string[] {
  const isShop = (path: string): boolean => existsSync(join(path, 'interactions.csv'))
  return isShop(folder) ? [folder] : readdirSync(folder).toSorted().map((name) => join(folder, name)).filter(isShop)
}

/**
 * The recommenders of the literature on shops of one's own: temporal leave-one-out over users with at least 5 positives,
 * the full catalogue ranked, settings chosen on validation, then fitted again with the validation items.
 */
export function recommendBaselines(folder: string): Benchmark {
  return {
    title: `${basename(folder)}: NDCG@10 of recommenders by temporal leave-one-out, the full catalogue ranked`,
    async run() {
      const figures: Figure[] = []
      for (const shop of shopsIn(folder)) figures.push(...(await baselinesOf(shop)))
      return figures
    },
  }
}

async function baselinesOf(folder: string): Promise<Figure[]> {
  const { name, catalogue, interactions } = await readShop(folder)
  const histories = positives(interactions, catalogue.size, { minimum: 5 })
  const [validation, test] = [leaveOneOut(histories, 2), leaveOneOut(histories, 1)]
  const texts = tfIdf(catalogue.texts())
  const figures: Figure[] = []
  for (const [method, candidates] of methodsOf(texts)) {
    let report: RankingReport | undefined
    let settings = ''
    const seconds = await secondsOf(async () => {
      const chosen = await choose(candidates, validation)
      settings = chosen.settings
      report = await evaluateRanking(await chosen.fit(test), test)
    })
    if (report) figures.push(figureOf(name, method, report, `${settings}; ${seconds.toFixed(0)} s with the choice`))
  }
  return figures
}

/** The candidate of the highest NDCG@10 on the validation items. */
async function choose(candidates: readonly Candidate[], validation: Split): Promise<Candidate> {
  const [first, ...others] = candidates as readonly [Candidate, ...Candidate[]]
  if (others.length === 0) return first
  let best = { candidate: first, ndcg: -Infinity }
  for (const candidate of candidates) {
    const ndcg = await meanNdcg(await candidate.fit(validation), validation)
    if (ndcg > best.ndcg) best = { candidate, ndcg }
  }
  return best.candidate
}

function figureOf(shop: string, method: string, report: RankingReport, how: string): Figure {
  const { ndcg, intervals, hitRate, coverage, popularityBias, coldItems } = report
  const peer = peers[shop]?.[method]
  const figure = {
    what: `${shop}, ${method}`,
    measured: ndcg.toFixed(4),
    beside: [
      `95 % interval ${intervals.ndcg.map((end) => end.toFixed(4)).join(' to ')}`,
      `HR@10 ${hitRate.toFixed(3)}`,
      `coverage ${coverage.toFixed(2)}`,
      `popularity bias ${popularityBias.toFixed(2)}`,
      ...(coldItems ? [`cold items among themselves ${coldItems.amongThemselves.ndcg.toFixed(3)} (${coldItems.all.cases} users)`] : []),
      how,
    ].join('; '),
  }
  // A peer is reached where the interval over the users holds it, or lies above.
  return peer === undefined ? figure : { ...figure, target: `~ ${peer.toFixed(4)}`, reached: intervals.ndcg[1] >= peer }
}

const decays = [1, 0.9, 0.7, 0.5, 0.2]
const textSettings = [{ last: 1 }, { last: 3, decay: 0.7 }, { last: 10, decay: 0.8 }, { last: 50, decay: 0.95 }]

function methodsOf(texts: SparseRows): [method: string, candidates: readonly Candidate[]][] {
  const text = (settings: object): Candidate => ({ settings: print(settings), fit: () => textSimilarity(texts, settings) })
  const knn = (settings: object): Candidate => ({ settings: print(settings), fit: ({ train }) => itemKnn(train, settings) })
  const neighbourhoods = [50, 200].flatMap((neighbours) => [0, 10, 50].map((shrinkage) => ({ neighbours, shrinkage })))
  // Each strength is fitted once for a split, with and without texts.
  const fits = new Map<Split, Map<number, Promise<Scorer>>>()
  const easeOf = (split: Split, l2: number): Promise<Scorer> => {
    const ofSplit = fits.get(split) ?? new Map<number, Promise<Scorer>>()
    fits.set(split, ofSplit)
    const fit = ofSplit.get(l2) ?? ease(split.train, { l2 })
    ofSplit.set(l2, fit)
    return fit
  }
  const strengths = [100, 300, 1000] as const
  return [
    ['popularity', [{ settings: 'no settings', fit: ({ train }) => popularity(train) }]],
    ['text', textSettings.map(text)],
    ['item-knn', neighbourhoods.map(knn)],
    ['item-knn, recent items first', decays.map((decay) => knn({ neighbours: 200, shrinkage: 10, decay }))],
    ['transitions', decays.map((decay) => ({ settings: print({ decay }), fit: ({ train }) => transitions(train, { decay }) }))],
    [
      'als',
      [10, 40].flatMap((confidence) =>
        [10, 100].map((l2): Candidate => {
          const settings = { factors: 64, confidence, l2, iterations: 10 }
          return { settings: print(settings), fit: ({ train }) => als(train, settings) }
        }),
      ),
    ],
    ['ease', strengths.map((l2) => ({ settings: print({ l2 }), fit: (split) => easeOf(split, l2) }))],
    [
      'ease-text',
      textSettings.flatMap((setting) =>
        [0.1, 0.3, 1, 2].map((weight): Candidate => ({
          settings: print({ l2: strengths[1], ...setting, weight }),
          fit: async (split) => blend('ease-text', [[await easeOf(split, strengths[1]), 1], [textSimilarity(texts, setting), weight]]),
        })),
      ),
    ],
  ]
}

function print(settings: object): string {
  return Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(', ')
}
