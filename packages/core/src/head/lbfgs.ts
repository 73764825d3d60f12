/** A function's value and gradient at one point. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

/** Options of `minimize`. */
export interface MinimizeOptions {
  /** Done when the largest component of the gradient is at most this. Default 1e-7. */
  readonly gradientTolerance?: number
  /** Default 1000. */
  readonly maxIterations?: number
  /** Number of past steps from which the curvature is estimated. Default 40. */
  readonly memory?: number
  /** Steps over a similar function, such as those of the minimum before on a path: they begin the estimate. */
  readonly steps?: readonly Step[]
  readonly signal?: AbortSignal | undefined
}

/** Where `minimize` ended. */
export interface Minimum extends Evaluation {
  readonly point: Float64Array
  readonly iterations: number
  /** False when it stopped at `maxIterations` before the tolerance was met. */
  readonly converged: boolean
  /** The last steps, as many as are remembered. */
  readonly steps: readonly Step[]
}

/** A step and what it did to the gradient: s and y of Nocedal and Wright, equation 6.5. */
export interface Step {
  readonly s: Float64Array
  readonly y: Float64Array
}

/** A step along which the gradient rose, and rho = 1 / sᵀy. */
interface CurvedStep extends Step {
  readonly rho: number
}

interface LinePoint extends Evaluation {
  readonly point: Float64Array
  /** Length of the step along the direction. */
  readonly alpha: number
  /** Derivative along the direction. */
  readonly slope: number
}

/** Sufficient decrease and curvature constants of the strong Wolfe conditions (Nocedal and Wright, section 3.1). */
const c1 = 1e-4
const c2 = 0.9

/**
 * Minimizes a smooth function by L-BFGS: Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.5 with the
 * two-loop recursion 7.4 and a strong Wolfe line search (3.5 and 3.6). The function may be asynchronous, since
 * its arithmetic is done by onnxruntime.
 */
export async function minimize(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  options: MinimizeOptions = {},
): Promise<Minimum> {
  const { gradientTolerance = 1e-7, maxIterations = 1000, memory = 40, signal } = options
  const steps = (options.steps ?? []).slice(-memory).flatMap(curved)
  let current = { point: start, ...(await evaluate(start)) }
  for (let iterations = 0; ; iterations++) {
    signal?.throwIfAborted()
    const converged = largest(current.gradient) <= gradientTolerance
    if (converged || iterations === maxIterations) return { ...current, iterations, converged, steps }

    let direction = descentDirection(current.gradient, steps)
    if (dot(direction, current.gradient) >= 0) {
      // Rounding has spoiled the curvature estimate: forget it.
      steps.length = 0
      direction = descentDirection(current.gradient, steps)
    }
    const firstAlpha = steps.length === 0 ? Math.min(1, 1 / norm(current.gradient)) : 1
    const next = await lineSearch(evaluate, current, direction, firstAlpha)
    // No step lowers the value any further: this is the minimum to the precision of the arithmetic.
    if (!next) return { ...current, iterations, converged: true, steps }

    const s = subtract(next.point, current.point)
    const y = subtract(next.gradient, current.gradient)
    steps.push(...curved({ s, y }))
    if (steps.length > memory) steps.shift()
    current = { point: next.point, value: next.value, gradient: next.gradient }
  }
}

/** The step with its rho; none where the gradient did not rise, beyond rounding. */
function curved({ s, y }: Step): CurvedStep[] {
  const curvature = dot(s, y)
  return curvature > 1e-12 * norm(s) * norm(y) ? [{ s, y, rho: 1 / curvature }] : []
}

/** -H g, with the inverse Hessian H estimated from the past steps (algorithm 7.4). */
function descentDirection(gradient: Float64Array, steps: readonly CurvedStep[]): Float64Array {
  const q = gradient.slice()
  const alphas: number[] = []
  for (const { s, y, rho } of steps.toReversed()) {
    const alpha = rho * dot(s, q)
    alphas.unshift(alpha)
    addScaled(q, -alpha, y)
  }
  const last = steps.at(-1)
  const gamma = last ? 1 / (last.rho * dot(last.y, last.y)) : 1
  for (let i = 0; i < q.length; i++) q[i] = gamma * (q[i] as number)
  steps.forEach(({ s, y, rho }, index) => addScaled(q, (alphas[index] as number) - rho * dot(y, q), s))
  for (let i = 0; i < q.length; i++) q[i] = -(q[i] as number)
  return q
}

/** A step that meets the strong Wolfe conditions, or the best one found; undefined when none lowers the value. */
async function lineSearch(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  from: Evaluation & { readonly point: Float64Array },
  direction: Float64Array,
  firstAlpha: number,
): Promise<LinePoint | undefined> {
  const at = async (alpha: number): Promise<LinePoint> => {
    const point = from.point.slice()
    addScaled(point, alpha, direction)
    const { value, gradient } = await evaluate(point)
    return { point, value, gradient, alpha, slope: dot(gradient, direction) }
  }
  const origin: LinePoint = { ...from, alpha: 0, slope: dot(from.gradient, direction) }
  const decreases = (p: LinePoint): boolean => p.value <= origin.value + c1 * p.alpha * origin.slope
  const isFlat = (p: LinePoint): boolean => Math.abs(p.slope) <= -c2 * origin.slope

  /** Algorithm 3.6: shrink the bracket [low, high], low being the better end. */
  const zoom = async (low: LinePoint, high: LinePoint): Promise<LinePoint | undefined> => {
    for (let i = 0; i < 30; i++) {
      const next = await at(interpolate(low, high))
      if (!decreases(next) || next.value >= low.value) high = next
      else {
        if (isFlat(next)) return next
        if (next.slope * (high.alpha - low.alpha) >= 0) high = low
        low = next
      }
      if (Math.abs(high.alpha - low.alpha) <= 1e-14) break
    }
    return low.value < origin.value ? low : undefined
  }

  let previous = origin
  let alpha = firstAlpha
  for (let i = 0; i < 30; i++) {
    const next = await at(alpha)
    if (!decreases(next) || (i > 0 && next.value >= previous.value)) return zoom(previous, next)
    if (isFlat(next)) return next
    if (next.slope >= 0) return zoom(next, previous)
    previous = next
    alpha *= 2
  }
  return previous
}

/** Minimizer of the cubic through both ends (equation 3.59), kept away from the ends; the middle where it fails. */
function interpolate(a: LinePoint, b: LinePoint): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.alpha - b.alpha)
  const d2 = Math.sign(b.alpha - a.alpha) * Math.sqrt(d1 * d1 - a.slope * b.slope)
  const cubic = b.alpha - ((b.alpha - a.alpha) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2)
  const [low, high] = [Math.min(a.alpha, b.alpha), Math.max(a.alpha, b.alpha)]
  const margin = 0.1 * (high - low)
  return cubic >= low + margin && cubic <= high - margin ? cubic : (low + high) / 2
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}

function largest(a: Float64Array): number {
  let max = 0
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i] as number))
  return max
}

function addScaled(target: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (other[i] as number)
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const difference = a.slice()
  addScaled(difference, -1, b)
  return difference
}
