import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type JsonObject } from '@headstart/core'
import { type RankingReport, readShop, type RecommenderMethod, startRun } from '@headstart/recommender'
import {
  baselineMethods,
  chooseSettings,
  describeSettings,
  evaluateRanking,
  type Grid,
  type Histories,
  leaveOneOut,
  type Material,
  positives,
  type Recommender,
  textSimilarity,
  textWindows,
  tfIdf,
  transitions,
} from '@headstart/recommender/kit'
import type { Benchmark, Figure } from './figure.js'
import { secondsOf } from './measure.js'

/** NDCG@10 of other implementations under this protocol, on the same files. */
const peers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'online-retail': {
    popularity: 0.0181,
    text: 0.136,
    'item-knn': 0.0757,
    als: 0.0732,
    ease: 0.1041,
    'ease-text': 0.1811,
  },
  'online-retail-nextbasket': {
    popularity: 0.0068,
    text: 0.0236,
    'item-knn': 0.0232,
    als: 0.022,
    ease: 0.0272,
    'ease-text': 0.0278,
  },
  'movietweetings-100k': {
    popularity: 0.0655,
    text: 0.0299,
    'item-knn': 0.0808,
    als: 0.0677,
    ease: 0.0793,
    'ease-text': 0.0835,
  },
  'amz-industrial': {
    popularity: 0.016,
    text: 0.0657,
    'item-knn': 0.0628,
    als: 0.0539,
    ease: 0.0618,
    'ease-text': 0.0786,
  },
  'ml-latest-small': {
    popularity: 0.02,
    text: 0.0202,
    'item-knn': 0.0317,
    als: 0.0356,
    ease: 0.0349,
    'ease-text': 0.044,
  },
  'completejourney-types': {
    popularity: 0.0505,
    text: 0.0058,
    'item-knn': 0.0534,
    als: 0.0506,
    ease: 0.0529,
    'ease-text': 0.0533,
  },
}

/** Whether a folder is a shop, or holds folders that are. */
export function holdsShops(folder: string): boolean {
  return shopsIn(folder).length > 0
}

function shopsIn(folder: string): string[] {
  const isShop = (path: string): boolean => existsSync(join(path, 'interactions.csv'))
  return isShop(folder)
    ? [folder]
    : readdirSync(folder)
        .toSorted()
        .map((name) => join(folder, name))
        .filter(isShop)
}

/**
 * The recommenders of the literature on shops of one's own: temporal leave-one-out over users with at least 5 positives,
 * the full catalog ranked, settings chosen on validation, then fitted again with the validation items.
 */
export function recommendBaselines(folder: string): Benchmark {
  return {
    title: `${basename(folder)}: NDCG@10 of recommenders by temporal leave-one-out, the full catalog ranked`,
    async run() {
      const figures: Figure[] = []
      for (const shop of shopsIn(folder)) figures.push(...(await baselinesOf(shop)))
      return figures
    },
  }
}

async function baselinesOf(folder: string): Promise<Figure[]> {
  const { name, catalog, interactions } = await readShop(folder)
  const histories = positives(interactions, catalog.size, { minimum: 5 })
  const [validation, test] = [leaveOneOut(histories, 2), leaveOneOut(histories, 1)]
  const terms = tfIdf(catalog.texts())
  const material = { catalog, terms, texts: terms }
  const figures: Figure[] = []
  const run = startRun()
  for (const { name: method, choose, fit } of [...baselineMethods, text, followers]) {
    let report: RankingReport | undefined
    let settings: JsonObject = {}
    const seconds = await secondsOf(async () => {
      settings = (await choose(material, validation, run)).settings
      report = await evaluateRanking(await fit(material, test.train, settings, run), test)
    })
    if (report)
      figures.push(
        figureOf(name, method, report, `${describeSettings(settings)}; ${seconds.toFixed(0)} s with the choice`),
      )
  }
  return figures
}

type Baseline = Pick<RecommenderMethod, 'choose' | 'fit'> & { readonly name: string }

/** How much texts are alike, by itself. */
const text = baseline('text', { window: textWindows }, ({ texts }, _, { window }) => textSimilarity(texts, window))

const followers = baseline('transitions', { decay: [1, 0.9, 0.7, 0.5, 0.2] }, (_, train, settings) =>
  transitions(train, settings),
)

function baseline<Settings extends JsonObject>(
  name: string,
  grid: Grid<Settings>,
  fit: (material: Material, train: Histories, settings: Settings) => Recommender,
): Baseline {
  return {
    name,
    choose: (material, { train, cases }) =>
      chooseSettings(grid, (settings) => fit(material, train, settings), { train, cases }),
    fit: (material, train, settings) => Promise.resolve(fit(material, train, settings as Settings)),
  }
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
      ...(coldItems
        ? [`cold items among themselves ${coldItems.amongThemselves.ndcg.toFixed(3)} (${coldItems.all.cases} users)`]
        : []),
      how,
    ].join('; '),
  }
  // A peer is reached where the interval over the users holds it, or lies above.
  return peer === undefined ? figure : { ...figure, target: `~ ${peer.toFixed(4)}`, reached: intervals.ndcg[1] >= peer }
}
