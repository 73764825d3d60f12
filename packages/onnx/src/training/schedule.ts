import { TrainingOptionError } from '../errors.js'

/** Factor of the learning rate at a step, counted from 0. A pure function: training can be taken up at any step. */
export type Schedule = (step: number) => number

/** Options of `warmUpCosine`. */
export interface WarmUpCosineOptions {
  /** Length of the whole training in steps. */
  readonly steps: number
  /** Steps on which the factor rises in a line to 1. Default: a tenth of all. */
  readonly warmUp?: number
  /** Factor at the end. Default 0. */
  readonly final?: number
}

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** Length of the whole training in steps. */
  readonly steps: number
  /** Share of the steps on which the factor rises. Default 0.3. */
  readonly rise?: number
  /** Factor at the beginning. Default 1/25. */
  readonly initial?: number
  /** Factor at the last step. Default 1/250,000. */
  readonly final?: number
}

/** Always 1. */
export function constant(): Schedule {
  return () => 1
}

/**
 * A rise in a line, so that the first steps, taken on few gradients, are small; then down half a cosine (Loshchilov and
 * Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5, without restarts).
 */
export function warmUpCosine({ steps, warmUp = Math.floor(steps / 10), final = 0 }: WarmUpCosineOptions): Schedule {
  requireSteps('warmUpCosine', steps)
  return (step) => {
    if (step < warmUp) return (step + 1) / (warmUp + 1)
    return between(1, final, Math.min((step - warmUp) / Math.max(steps - warmUp, 1), 1))
  }
}

/**
 * One rise and one fall, each half a cosine (Smith, "A disciplined approach to neural network hyper-parameters", 2018,
 * the 1cycle policy of the learning rate, in the conventions of PyTorch's `OneCycleLR`; the momentum stays).
 */
export function oneCycle({ steps, rise = 0.3, initial = 1 / 25, final = 1 / 250_000 }: OneCycleOptions): Schedule {
  requireSteps('oneCycle', steps)
  const top = rise * steps - 1
  return (step) => {
    if (step <= top) return between(initial, 1, step / Math.max(top, 1))
    return between(1, final, Math.min((step - top) / Math.max(steps - 1 - top, 1), 1))
  }
}

/** Half a cosine from one number to another, `share` from 0 to 1 of the way. */
function between(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
}

function requireSteps(who: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1) return
  throw new TrainingOptionError(who, 'steps', 'a whole number from 1 on', String(steps))
}
