import { compare, type ComparisonRow, FeatureCache, fineTune, type Spread, textMethods, universalSentenceEncoder } from '@headstart/nlp'
import { type Benchmark, atLeast, type Figure } from './figure.js'
import { withEmptyCache } from './measure.js'
import { type Domain, domains, reviews } from './reviews.js'

const seeds = 10
const shotTargets = new Map([
  [8, 0.72],
  [16, 0.76],
  [64, 0.83],
])
const unseenTargets = { amazon: 0.83, imdb: 0.79, yelp: 0.83 }

/** Accuracy on sentences never trained on: of the same kinds of reviews, and of a kind never seen. */
export const accuracy: Benchmark = {
  title: `Accuracy on sentences of reviews, ${seeds} seeds`,
  run: () =>
    withEmptyCache(async (directory) => {
      const cache = await FeatureCache.open({ directory })
      const backbone = await universalSentenceEncoder()
      const figures: Figure[] = []
      const shots = [...shotTargets.keys()]
      const kinds: (readonly Domain[])[] = [...domains.map((domain) => [domain]), domains]
      const tables: { kind: readonly Domain[]; rows: readonly ComparisonRow[] }[] = []
      for (const kind of kinds) {
        const { rows } = await compare(reviews(kind), { methods: textMethods(backbone), shots, seeds, cache })
        tables.push({ kind, rows })
      }
      for (const [perClass, target] of shotTargets) {
        const cell = (table: (typeof tables)[number], method: string): Spread =>
          table.rows.find((row) => row.method === method && row.shots === perClass)?.accuracy as Spread
        for (const table of tables) {
          const [frozen, none] = ['frozen', 'no-transfer'].map((method) => cell(table, method)) as [Spread, Spread]
          figures.push({
            what: `${perClass} per class, ${table.kind.join(' + ')}`,
            measured: frozen.mean.toFixed(3),
            beside: `sd ${frozen.sd.toFixed(3)}; no transfer ${none.mean.toFixed(3)}, one class 0.5`,
          })
        }
        const sets = tables.filter(({ kind }) => kind.length === 1)
        const mean = sets.reduce((sum, table) => sum + cell(table, 'frozen').mean / sets.length, 0)
        figures.push(atLeast(`${perClass} per class, mean of the three sets`, mean, target, 'trained and measured within a set'))
      }
      for (const unseen of domains) {
        const train = reviews(domains.filter((domain) => domain !== unseen))
        const accuracies: number[] = []
        for (let seed = 0; seed < seeds; seed++) {
          const model = await fineTune(backbone, train, { seed, cache })
          accuracies.push(await model.accuracy(reviews([unseen]), { cache }))
        }
        const mean = accuracies.reduce((sum, value) => sum + value, 0) / seeds
        const sd = Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1))
        const beside = `sd ${sd.toFixed(3)} over the folds' seeds; one class 0.5`
        figures.push(atLeast(`${unseen}, trained on ${train.name}`, mean, unseenTargets[unseen], beside))
      }
      return figures
    }),
}
