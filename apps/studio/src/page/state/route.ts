import { signal } from '@preact/signals'

/** The steps of the work, in order. Each stands in the address, so that a reload and a second tab show the same. */
export const steps = ['bring', 'label', 'train', 'look', 'try', 'take'] as const
export type Step = (typeof steps)[number]

export const step = signal<Step>(stepOf(location.hash))

addEventListener('hashchange', () => {
  step.value = stepOf(location.hash)
  scrollTo(0, 0)
  // Who goes by keys is at its beginning, and not at the data before it.
  document.getElementById('work')?.focus({ preventScroll: true })
})

function stepOf(hash: string): Step {
  return steps.find((name) => name === hash.slice(1)) ?? 'bring'
}

export function go(to: Step): void {
  location.hash = to
}
