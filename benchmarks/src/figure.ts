import { textTable } from '@headstart/core/kit'

/** One measured figure beside what it should reach. */
export interface Figure {
  readonly what: string
  readonly measured: string
  /** What it is measured against: a naive baseline, a peer in the same run, a limit. */
  readonly beside?: string
  readonly target?: string
  readonly reached?: boolean
}

/** A set of figures that are measured in one run. */
export interface Benchmark {
  readonly title: string
  run(): Promise<readonly Figure[]>
}

/** A figure that should be at least `target`. */
export function atLeast(what: string, value: number, target: number, beside: string, unit = ''): Figure {
  return {
    what,
    measured: `${value.toFixed(3)}${unit}`,
    beside,
    target: `>= ${target}${unit}`,
    reached: value >= target,
  }
}

/** A figure that should be at most `target`. */
export function atMost(what: string, value: number, target: number, beside: string, unit = ''): Figure {
  return {
    what,
    measured: `${Number(value.toPrecision(3))}${unit}`,
    beside,
    target: `<= ${target}${unit}`,
    reached: value <= target,
  }
}

export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, beside = '', target = '', reached }) => {
    return [what, measured, target, reached === undefined ? '' : reached ? 'yes' : 'NO', beside]
  })
  return textTable([['figure', 'measured', 'target', 'reached', 'beside'], ...rows])
}
