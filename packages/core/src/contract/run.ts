import type { RunOptions } from './progress.js'
import type { Store } from './store.js'

/** One piece of work. Whoever starts it owns what it keeps; its signal ends all of it. */
export interface Run extends RunOptions {
  /** Decides all that is random. */
  readonly seed: number
  /** Features kept between runs. Default: those on disk; `false` for nowhere. */
  readonly cache?: Store | false | undefined
  /** File in which work that takes minutes keeps how far it is. Default: none. */
  readonly checkpoint?: string | undefined
  /** Goes on from that file where there is one. Default `false`. */
  readonly resume?: boolean | undefined
  /**
   * Made once in this run; what fails is not kept.
   * @param key Everything that the value depends on, compared part by part, objects by identity: `[backbone, data]`.
   */
  once<T>(key: readonly unknown[], make: () => Promise<T>): Promise<T>
}

/** Starts a run with what it keeps. */
export function startRun(options: Partial<Omit<Run, 'once'>> = {}): Run {
  const root: Kept = { next: new Map() }
  return {
    seed: 0,
    ...options,
    async once<T>(key: readonly unknown[], make: () => Promise<T>): Promise<T> {
      let kept = root
      for (const part of key) {
        const next: Kept = kept.next.get(part) ?? { next: new Map() }
        kept.next.set(part, next)
        kept = next
      }
      kept.value ??= make().catch((cause: unknown) => {
        delete kept.value
        throw cause
      })
      return kept.value as Promise<T>
    },
  }
}

/** What is kept under a key, and under those that go on from it. */
interface Kept {
  readonly next: Map<unknown, Kept>
  value?: Promise<unknown>
}
