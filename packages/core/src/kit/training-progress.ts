import type { StepEvent, TrainEvent } from '../contract/progress.js'

/**
 * Follows one training by its events: the share of it that is done, 0 to 1. It never falls, and never leaps: a run of a tuning that ends
 * early leaves less to do, over which the rest of the way is spread; runs after it are foreseen to be as long.
 * @param tunes Whether a tuning is to come, beside which looking at the examples takes little.
 */
export function trainingProgress(tunes: boolean): (event: TrainEvent) => number {
  // A tuning that was not foreseen has room as well.
  const looking = tunes ? 0.1 : 0.9
  let done = 0
  const tuned = tuning()
  return (event) => {
    if (event.type === 'step') done += (1 - done) * tuned(event)
    else done = Math.max(done, looking * (lookedAt(event) ?? 0))
    return done
  }
}

function lookedAt(event: TrainEvent): number | undefined {
  switch (event.type) {
    case 'features':
      return 0.8 * partOf(event.done, event.total)
    case 'cross-validation':
    case 'compare':
      return 0.8 + 0.2 * partOf(event.done, event.total)
    default:
      return undefined
  }
}

/** What share of what is left of a tuning each step was. */
function tuning(): (event: StepEvent) => number {
  /** Steps of the runs that are over. */
  const ends: number[] = []
  let [at, before]: [number | undefined, number] = [undefined, 0]
  return ({ run, runs, step, steps }) => {
    // One that is resumed begins in the midst.
    if (at === undefined) [at, before] = [run, step - 1]
    if (run > at) {
      ends.push(before)
      ;[at, before] = [run, 0]
    }
    const usual = Math.min(steps, ends.length === 0 ? steps : ends.reduce((sum, end) => sum + end, 0) / ends.length)
    // The last of several learns for as long as those before it have shown to be best.
    const own = run === runs ? steps : Math.max(usual, step)
    const taken = Math.max(0, step - before)
    const left = own - before + (runs - run) * usual
    before = Math.max(before, step)
    return left > 0 ? Math.min(1, taken / left) : 0
  }
}

function partOf(done: number, total: number): number {
  return done / Math.max(total, 1)
}
