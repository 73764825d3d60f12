import type { TrainEvent } from '../contract/progress.js'

/**
 * Follows one training by its events: the share of it that is done, 0 to 1. It never falls, whatever follows what: features are computed
 * again where stages are unfrozen, and a tuning ends early where it gains nothing more.
 * @param tunes Whether a tuning is to come, beside which looking at the examples takes little.
 */
export function trainingProgress(tunes: boolean): (event: TrainEvent) => number {
  // A tuning that was not foreseen has room as well.
  const looking = tunes ? 0.1 : 0.9
  let done = 0
  return (event) => {
    done = Math.min(1, Math.max(done, shareAt(event, looking) ?? 0))
    return done
  }
}

function shareAt(event: TrainEvent, looking: number): number | undefined {
  switch (event.type) {
    case 'features':
      return 0.8 * looking * partOf(event.done, event.total)
    case 'cross-validation':
    case 'compare':
      return looking * (0.8 + 0.2 * partOf(event.done, event.total))
    case 'step':
      return looking + (1 - looking) * tunedShare(event.run, event.runs, partOf(event.step, event.steps))
    case 'epoch':
      return looking + (1 - looking) * tunedShare(event.run, event.runs, partOf(event.epoch, event.epochs))
    default:
      return undefined
  }
}

/** Of all runs of a tuning. */
function tunedShare(run: number, runs: number, share: number): number {
  return (run - 1 + share) / runs
}

function partOf(done: number, total: number): number {
  return done / Math.max(total, 1)
}
