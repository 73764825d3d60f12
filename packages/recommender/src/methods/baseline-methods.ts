import type { JsonObject, Run } from '@headstart/core'
import { als } from '../scorers/als.js'
import { blend } from '../scorers/blend.js'
import { chooseSettings, type Grid, type Scale } from './choose-settings.js'
import { easeAndNeighbors } from '../scorers/ease-and-neighbors.js'
import type { Histories } from '../shop/histories.js'
import { itemKnn } from '../scorers/item-knn.js'
import { popularity } from '../scorers/popularity.js'
import type { Recommender } from '../contract/recommend.js'
import type { Material, RecommenderMethod } from '../contract/recommender-method.js'
import type { Scorer } from '../contract/scorer.js'
import { sessionKnn } from '../scorers/session-knn.js'
import { textSimilarity } from '../scorers/text-similarity.js'
import { transitions } from '../scorers/transitions.js'

/** A method that fits with given settings, and what there is to choose between. */
interface Recipe<Settings extends JsonObject> extends Pick<RecommenderMethod, 'name' | 'description'> {
  /** What to choose between, which may depend on how much there is to learn from. */
  grid(train: Histories): Grid<Settings>
  fit(material: Material, train: Histories, settings: Settings, run: Run): Recommender | Promise<Recommender>
}

/** A method whose settings are chosen by `chooseSettings`. */
function withGrid<Settings extends JsonObject>({ name, description, grid, fit }: Recipe<Settings>): RecommenderMethod {
  return {
    name,
    description,
    choose: (material, validation, run) =>
      chooseSettings(
        grid(validation.train),
        (settings) => fit(material, validation.train, settings, run),
        validation,
        run,
      ),
    fit: async (material, train, settings, run) => fit(material, train, settings as Settings, run),
  }
}

/** How the texts of a history count: those of how many items, and by what factor each counts less than the one after it. */
export type TextWindow = { readonly last: number; readonly decay: number }

/** Windows to choose from. */
export const textWindows: readonly [TextWindow, ...TextWindow[]] = [
  { last: 3, decay: 0.7 },
  { last: 1, decay: 1 },
  { last: 10, decay: 0.8 },
  { last: 50, decay: 0.95 },
]

/** The usual strength of its regularization, and those for shops with little data, which it would be too much for. */
const strengths: Scale<number> = { usual: 300, below: [100, 30, 10], above: [1000] }

/** Up to so many items a fit takes a second and 36 MB. */
const smallCatalog = 3000

/** Two fits, on validation data and on all, and the work on one of them take less than 2 GB. */
const itemLimit = 8_000

/**
 * EASE is fitted once for EASE itself and for its blend: of the usual strength, and in small catalogs of every strength
 * that is tried.
 */
function easeOf(train: Histories, l2: number, { signal, onEvent, once }: Run): Promise<Scorer> {
  const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
  const fit = () => easeAndNeighbors(train, { l2, itemLimit, signal, onNotice })
  const isKept = l2 === strengths.usual || train.itemCount <= smallCatalog
  return isKept ? once([easeAndNeighbors, train, l2, itemLimit], fit) : fit()
}

export const popularityMethod = withGrid({
  name: 'popularity',
  description: 'what most users took, the same for everybody',
  grid: () => ({}),
  fit: (_, train) => popularity(train),
})

export const itemKnnMethod = withGrid({
  name: 'item-knn',
  description: 'items that share users with those of the history',
  grid: () => ({ neighbors: [200, 50], shrinkage: [10, 0, 50], decay: [1, 0.9, 0.7, 0.5] }),
  // How much of a history counts was decided when it was read.
  fit: (_, train, settings) => itemKnn(train, { ...settings, longestHistory: Infinity }),
})

export const easeMethod = withGrid({
  name: 'ease',
  description: 'a linear autoencoder of histories, in closed form',
  grid: () => ({ l2: strengths }),
  fit: (_, train, { l2 }, run) => easeOf(train, l2, run),
})

export const easeTextMethod = withGrid({
  name: 'ease-text',
  description: 'EASE, and how much texts are alike',
  grid: ({ itemCount }) => ({
    weight: [0.3, 0.1, 1, 2],
    window: textWindows,
    l2: itemCount <= smallCatalog ? strengths : [strengths.usual],
  }),
  fit: async ({ texts }, train, { weight, window, l2 }, run) =>
    blend('ease-text', [
      [await easeOf(train, l2, run), 1],
      [textSimilarity(texts, window), weight],
    ]),
})

export const alsMethod = withGrid({
  name: 'als',
  description: 'factors of users and items by alternating least squares',
  grid: () => ({ confidence: [10, 40], l2: [10, 100] }),
  fit: (_, train, settings, { seed, signal }) => als(train, { ...settings, factors: 64, iterations: 10, seed, signal }),
})

/** What came soon after what (SR of Ludewig and Jannach): the simplest that knows the order of a session. */
export const sequentialRulesMethod = withGrid({
  name: 'sequential-rules',
  description: 'what came soon after the last things',
  grid: () => ({ decay: [0.5, 0, 0.8], reach: [10, 1, 3], shrinkage: [5, 0, 20] }),
  fit: (_, train, settings) => transitions(train, settings),
})

/** Holds the sessions that it learned from, so that it is chosen only by who asks for it. */
export const sessionKnnMethod = withGrid({
  name: 'session-knn',
  description: 'what sessions hold that are like this one, late things counting more (V-SKNN, S-KNN)',
  grid: () => ({
    decay: ['linear', 'none'],
    neighbors: [500, 100],
    // A history as a whole, or sessions that end with half an hour, or a day, without anything.
    gap: [null, 1800, 86_400],
    least: [0, 5],
  }),
  fit: (_, train, { decay, neighbors, gap, least }) =>
    sessionKnn(train, { decay, neighbors, gap: gap ?? undefined, least }),
} satisfies Recipe<{ decay: 'linear' | 'none'; neighbors: number; gap: number | null; least: number }>)

/** Baselines for sessions, which are tried where they are named. */
export const sessionMethods: readonly RecommenderMethod[] = [sequentialRulesMethod, sessionKnnMethod]

/** The recommenders of the literature, from the simplest on. */
export const baselineMethods: readonly RecommenderMethod[] = [
  popularityMethod,
  itemKnnMethod,
  easeMethod,
  easeTextMethod,
  alsMethod,
]
