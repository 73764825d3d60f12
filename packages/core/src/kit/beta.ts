/**
 * The regularized incomplete beta function I_x(a, b): the distribution function of the beta distribution, by its continued
 * fraction (DLMF 8.17.22), which Lentz's method evaluates.
 * @param x From 0 to 1.
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast where x is below the mean; beyond, the other tail does.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const away = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let [fraction, c, d] = [1, 1, 0]
  for (let i = 0; i < 1000; i++) {
    const m = i >> 1
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const numerator = i === 0 ? 1 : i % 2 === 1 ? odd : even
    d = 1 / away(1 + numerator * d)
    c = away(1 + numerator / c)
    fraction *= c * d
    if (i > 0 && Math.abs(1 - c * d) < 1e-15) break
  }
  return front * (fraction - 1)
}

/** The value below which Student's t with so many degrees of freedom lies with the given probability. */
export function tQuantile(probability: number, degrees: number): number {
  if (probability === 0.5) return 0
  if (probability > 0.5) return -tQuantile(1 - probability, degrees)
  // P(T < -t) = I_{ν / (ν + t²)}(ν/2, 1/2) / 2, which falls with t.
  const tail = (t: number): number => betaCdf(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  let [low, high] = [0, 1]
  while (tail(high) > probability) high *= 2
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (tail(middle) > probability) low = middle
    else high = middle
  }
  return -(low + high) / 2
}

/** ln Γ(z) for z > 0 (Lanczos, with the coefficients for g = 7, n = 9). */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z)
  const [first, ...others] = lanczos
  const series = others.reduce((sum, coefficient, i) => sum + coefficient / (z + i), first as number)
  const t = z + 6.5
  return Math.log(2 * Math.PI) / 2 + (z - 0.5) * Math.log(t) - t + Math.log(series)
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
