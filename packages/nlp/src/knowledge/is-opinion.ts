import type { KnowledgePart } from '@headstart/core'

const longOf: Readonly<Record<string, string>> = { pos: 'positive', neg: 'negative' }

/**
 * Whether classes are called good and bad: most of them, and each at least once.
 * @param part Of a list of words of their language.
 */
export function isOpinion(labels: readonly string[], part: KnowledgePart<string>): boolean {
  const signs = labels.map((label) => {
    const row = new Float32Array(part.columns)
    part.write(
      label.replaceAll(/[_/]+/g, ' ').replace(/^(pos|neg)$/i, (short) => longOf[short.toLowerCase()] as string),
      row,
    )
    return Math.sign(row[0] as number)
  })
  const polar = signs.filter((sign) => sign !== 0)
  return 2 * polar.length >= signs.length && polar.includes(1) && polar.includes(-1)
}
