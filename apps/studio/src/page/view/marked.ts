/** A part of a text, and how strongly it is marked. */
export interface MarkedPart {
  readonly text: string
  /** From -1, most against the answer, to 1, most for it. */
  readonly strength: number
}

/** Words of a text, marked relative to the weightiest; those that weigh next to nothing are not. */
export function markedParts(
  parts: readonly { readonly text?: string | undefined; readonly weight: number }[],
): readonly MarkedPart[] {
  const most = Math.max(1e-9, ...parts.map(({ weight }) => Math.abs(weight)))
  return parts.map(({ text = '', weight }) => {
    const strength = weight / most
    return { text, strength: Math.abs(strength) < 0.08 ? 0 : strength }
  })
}

/** The words that say most for an answer and against it, in words, for those who do not see marks. */
export function markedInWords(parts: readonly MarkedPart[]): string {
  const said = (sign: 1 | -1): string[] =>
    parts
      .filter(({ strength }) => strength * sign > 0)
      .sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength))
      .slice(0, 3)
      .map(({ text }) => `"${text.trim()}"`)
  const [pro, contra] = [said(1), said(-1)]
  return [
    pro.length > 0 ? `For it: ${pro.join(', ')}.` : 'No word speaks clearly for it.',
    ...(contra.length > 0 ? [`Against it: ${contra.join(', ')}.`] : []),
  ].join(' ')
}
