/** score(n) = limit - scale · n^-rate: how scores rise with the number of examples, and where to. */
export interface PowerLaw {
  readonly limit: number
  readonly scale: number
  readonly rate: number
}

/** A mean score with so many examples. */
export interface CurvePoint {
  readonly examples: number
  readonly score: number
}

/** Rates that are tried, and what is expected of them: of error rates with the logarithm of the rate about normally distributed. */
const rates = Array.from({ length: 40 }, (_, i) => 0.05 * 1.1 ** i)
const expectedRate = { mean: Math.log(0.5), sd: 0.5 }

/**
 * The inverse power law that fits best (Cortes, Jackel, Solla, Vapnik and Denker, "Learning Curves: Asymptotic Values and Rate of
 * Convergence", 1993), by least squares under what is expected of the rate; the limit is at most `highest`, and scores do not fall.
 * @param noise Standard deviation of the scores about the law, for how much what is expected counts.
 */
export function fitPowerLaw(points: readonly CurvePoint[], highest: number, noise: number): PowerLaw {
  let best: PowerLaw & { readonly cost: number } = { limit: 0, scale: 0, rate: 0, cost: Number.POSITIVE_INFINITY }
  for (const rate of rates) {
    const x = points.map(({ examples }) => examples ** -rate)
    const law = { ...line(x, points, highest), rate }
    const squares = points.reduce((sum, point) => sum + (point.score - scoreAt(law, point.examples)) ** 2, 0)
    const cost = squares / (2 * noise ** 2) + ((Math.log(rate) - expectedRate.mean) / expectedRate.sd) ** 2 / 2
    if (cost < best.cost) best = { ...law, cost }
  }
  const { limit, scale, rate } = best
  return { limit, scale, rate }
}

/** What the law says for so many examples. */
export function scoreAt({ limit, scale, rate }: PowerLaw, examples: number): number {
  return limit - scale * examples ** -rate
}

/** Least squares of score = limit - scale·x with scale at least 0 and the limit at most `highest`. */
function line(x: readonly number[], points: readonly CurvePoint[], highest: number): { limit: number; scale: number } {
  const n = points.length
  const [meanX, meanY] = [x.reduce((a, b) => a + b, 0) / n, points.reduce((sum, { score }) => sum + score, 0) / n]
  let [product, squares] = [0, 0]
  points.forEach(({ score }, i) => {
    const off = (x[i] as number) - meanX
    product += off * (score - meanY)
    squares += off * off
  })
  const scale = Math.max(0, -product / squares)
  const limit = meanY + scale * meanX
  if (limit <= highest) return { limit, scale }
  // Through the highest limit.
  const through = points.reduce((sum, { score }, i) => sum + (highest - score) * (x[i] as number), 0)
  return { limit: highest, scale: Math.max(0, through / x.reduce((sum, value) => sum + value * value, 0)) }
}
