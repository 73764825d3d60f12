import type { Faithfulness, Measures } from '../contract/explanation.js'
import { textTable } from '../kit/text-table.js'

/** Means over explanations of how faithful they are; see `Faithfulness`. */
export type ExplanationFigures = Measures & {
  /** Explanations that could be measured. */
  readonly examples: number
  /** The same for parts in random order. */
  readonly random: Measures
}

/** The means of some; undefined of none. */
export function explanationFigures(all: readonly Faithfulness[]): ExplanationFigures | undefined {
  const [first] = all
  if (!first) return undefined
  const meanOf = (of: (one: Faithfulness) => Measures): Measures => {
    const names = Object.keys(first.random) as (keyof Measures)[]
    const mean = (name: keyof Measures): number =>
      all.reduce((sum, one) => sum + (of(one)[name] as number), 0) / all.length
    return Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Measures
  }
  return { examples: all.length, ...meanOf((one) => one), random: meanOf(({ random }) => random) }
}

/** As a table. */
export function formatExplanations({ examples, random, ...own }: ExplanationFigures): string {
  const rows = Object.entries(random).map(([name, value]: [string, number]) => [
    name,
    (own as unknown as Record<string, number>)[name]?.toFixed(3) ?? '',
    value.toFixed(3),
  ])
  return textTable([[`${examples} explanations`, 'by weight', 'in random order'], ...rows])
}
