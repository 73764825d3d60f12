import type { Histories, History } from '../shop/histories.js'
import { countIn, numberIn, type ScorerState, sparseArrays, sparseIn, textIn } from '../contract/scorer-state.js'
import type { Scorer } from '../contract/scorer.js'
import { type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'

/** Options of `sessionKnn`. */
export interface SessionKnnOptions {
  /** Sessions that count as alike. Default: 500. */
  readonly neighbors?: number | undefined
  /** Of the sessions that share an item, so many of the latest are looked at. Default: 1000. */
  readonly sample?: number | undefined
  /**
   * What the items of the session that is asked about count: 'linear', the last one 1 and each before it as much less as it stands
   * further from the end (V-SKNN); 'none', all alike, in which case similarity is the cosine (S-KNN). Default: 'linear'.
   */
  readonly decay?: 'linear' | 'none' | undefined
  /**
   * Time between two interactions of a user after which another session begins, in the unit of the times. Default: none, all that a
   * user did is one session, as in data whose users are sessions.
   */
  readonly gap?: number | undefined
  /**
   * How many of the latest items are asked with at least, though the session began later: so what a user did in earlier sessions
   * counts while there is little of this one. Default: 0, the session alone.
   */
  readonly least?: number | undefined
}

/**
 * Nearest neighbors among sessions (S-KNN and V-SKNN of Ludewig and Jannach, "Evaluation of session-based recommendation
 * algorithms", 2018, sections 3.2.1 and 3.2.2). Of the latest sessions n that share an item with the session s that is asked about,
 * those most like it are its neighbors, and the score of an item is the sum of sim(s, n) over the neighbors that hold it, with
 *
 *     sim(s, n) = |s ∩ n| / √(|s| |n|)        S-KNN
 *     sim(s, n) = Σ place(i) / |s|  over i in both, the first item at place 1        V-SKNN
 *
 * With `least` it is session-aware (the extension of sessions of Latifi, Mauro and Jannach, "Session-aware recommendation: a
 * surprising quest for the state-of-the-art", 2021). Fitted it holds the sessions: saved, they lie in the model, without users.
 */
export function sessionKnn(train: Histories, options: SessionKnnOptions = {}): Scorer {
  return sessionScorer(sessionsOf(train, options.gap ?? Infinity), options)
}

/** Each session's items, [sessions, items], the oldest session first; each item once. */
function sessionsOf(train: Histories, gap: number): SparseRows {
  const sessions: { readonly items: Int32Array; readonly ended: number }[] = []
  for (let user = 0; user < train.length; user++) {
    const { items, times } = train.at(user)
    let begin = 0
    for (let end = 1; end <= items.length; end++) {
      if (end < items.length && (times[end] as number) - (times[end - 1] as number) <= gap) continue
      sessions.push({ items: items.subarray(begin, end), ended: times[end - 1] as number })
      begin = end
    }
  }
  const lines = sessions
    .sort((a, b) => a.ended - b.ended)
    .map(({ items }) => {
      const columns = [...new Set(items)]
      return { columns, values: columns.map(() => 1) }
    })
  return sparseRows(train.itemCount, lines)
}

function sessionScorer(sessions: SparseRows, options: SessionKnnOptions): Scorer {
  const { neighbors = 500, sample = 1000, decay = 'linear', gap = Infinity, least = 0 } = options
  const byItem = transposed(sessions)
  const overlap = new Float64Array(sessions.rows)
  return {
    name: decay === 'linear' ? 'V-SKNN' : 'S-KNN',
    score(history) {
      const scores = new Float32Array(sessions.columnCount)
      const asked = sessionAt(history, gap, least)
      const met: number[] = []
      asked.forEach((item, place) => {
        const weight = decay === 'linear' ? (place + 1) / asked.length : 1
        for (let k = byItem.starts[item] as number; k < (byItem.starts[item + 1] as number); k++) {
          const session = byItem.columns[k] as number
          if (overlap[session] === 0) met.push(session)
          overlap[session] = (overlap[session] as number) + weight
        }
      })
      // Sessions stand in the order of time.
      const looked = met.sort((a, b) => b - a).slice(0, sample)
      const similarities = looked.map((session) => {
        const size = (sessions.starts[session + 1] as number) - (sessions.starts[session] as number)
        return (overlap[session] as number) / (decay === 'linear' ? 1 : Math.sqrt(asked.length * size))
      })
      for (const session of met) overlap[session] = 0
      for (const place of largest(similarities, neighbors)) {
        const session = looked[place] as number
        for (let k = sessions.starts[session] as number; k < (sessions.starts[session + 1] as number); k++) {
          const item = sessions.columns[k] as number
          scores[item] = (scores[item] as number) + (similarities[place] as number)
        }
      }
      return scores
    },
    update: ({ now }) => sessionKnn(now, options),
    state: () => ({
      kind: 'session-knn',
      config: { neighbors, sample, decay, least, columnCount: sessions.rows, ...(gap < Infinity && { gap }) },
      arrays: sparseArrays(byItem),
    }),
  }
}

/** The items of the session that a history ends with, each once where it stands last, or more of the latest. */
function sessionAt({ items, times }: History, gap: number, least: number): number[] {
  let begin = items.length - 1
  while (begin > 0 && (times[begin] as number) - (times[begin - 1] as number) <= gap) begin--
  const late = items.subarray(Math.max(0, Math.min(begin, items.length - least)))
  return [...new Set(late.toReversed())].toReversed()
}

export function loadSessionKnn(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  return sessionScorer(transposed(sparseIn(state, items)), {
    neighbors: countIn(state, 'neighbors', 2 ** 31),
    sample: countIn(state, 'sample', 2 ** 31),
    decay: textIn(state, 'decay') === 'none' ? 'none' : 'linear',
    least: numberIn(state, 'least'),
    gap: state.config['gap'] === undefined ? undefined : numberIn(state, 'gap'),
  })
}
