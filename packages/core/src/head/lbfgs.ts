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

/** A step along which the gradient rose. */
interface CurvedStep extends Step {
  /** 1 / sᵀy */
  readonly rho: number
  /** sᵀy / yᵀy, the size of the inverse Hessian along the step (equation 7.20). */
  readonly gamma: number
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
 * its arithmetic is done by onnxruntime; the gradients that it returns are overwritten.
 */
export async function minimize(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  options: MinimizeOptions = {},
): Promise<Minimum> {
  const { gradientTolerance = 1e-7, maxIterations = 1000, memory = 40, signal } = options
  const steps = (options.steps ?? []).slice(-memory).flatMap(curved)
  let current: Evaluation & { readonly point: Float64Array } = { point: start.slice(), ...(await evaluate(start)) }
  const direction = new Float64Array(start.length)
  for (let iterations = 0; ; iterations++) {
    signal?.throwIfAborted()
    const converged = largest(current.gradient) <= gradientTolerance
    if (converged || iterations === maxIterations) return { ...current, iterations, converged, steps }

    setDescent(direction, current.gradient, steps)
    let slope = dot(direction, current.gradient)
    if (slope >= 0) {
      // Rounding has spoiled the curvature estimate: forget it.
      steps.length = 0
      setDescent(direction, current.gradient, steps)
      slope = dot(direction, current.gradient)
    }
    const firstAlpha = steps.length === 0 ? Math.min(1, 1 / norm(current.gradient)) : 1
    const next = await lineSearch(evaluate, { ...current, alpha: 0, slope }, direction, firstAlpha)
    // No step lowers the value any further: this is the minimum to the precision of the arithmetic.
    if (!next) return { ...current, iterations, converged: true, steps }

    // The place that is left is not needed any more: the step is written over it.
    const [s, y] = [current.point, current.gradient]
    setDifference(s, next.point, s)
    setDifference(y, next.gradient, y)
    steps.push(...curved({ s, y }))
    if (steps.length > memory) steps.shift()
    current = { point: next.point, value: next.value, gradient: next.gradient }
  }
}

/** The step with its curvature; none where the gradient did not rise, beyond rounding. */
function curved({ s, y }: Step): CurvedStep[] {
  let [ss, sy, yy] = [0, 0, 0]
  for (let i = 0; i < s.length; i++) {
    const si = s[i] as number
    const yi = y[i] as number
    ss += si * si
    sy += si * yi
    yy += yi * yi
  }
  if (!(sy > 1e-12 * Math.sqrt(ss) * Math.sqrt(yy))) return []
  const rho = 1 / sy
  return [{ s, y, rho, gamma: 1 / (rho * yy) }]
}

/**
 * Sets `q` to -H g, with the inverse Hessian H estimated from the past steps (algorithm 7.4). Each pass over `q` adds
 * the step at hand and computes the product that the next one needs.
 */
function setDescent(q: Float64Array, gradient: Float64Array, steps: readonly CurvedStep[]): void {
  q.set(gradient)
  const [first, last] = [steps[0], steps.at(-1)]
  if (first && last) {
    const alphas = new Float64Array(steps.length)
    let product = dot(last.s, q)
    for (let k = steps.length - 1; k >= 0; k--) {
      const { y, rho } = steps[k] as CurvedStep
      const alpha = rho * product
      alphas[k] = alpha
      product = addScaled(q, -alpha, y, steps[k - 1]?.s)
    }
    scale(q, last.gamma)
    product = dot(first.y, q)
    for (let k = 0; k < steps.length; k++) {
      const { s, rho } = steps[k] as CurvedStep
      product = addScaled(q, (alphas[k] as number) - rho * product, s, steps[k + 1]?.y)
    }
  }
  scale(q, -1)
}

/** A step that meets the strong Wolfe conditions, or the best one found; undefined when none lowers the value. */
async function lineSearch(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  origin: LinePoint,
  direction: Float64Array,
  firstAlpha: number,
): Promise<LinePoint | undefined> {
  const at = async (alpha: number): Promise<LinePoint> => {
    const point = origin.point.slice()
    addScaled(point, alpha, direction)
    const { value, gradient } = await evaluate(point)
    return { point, value, gradient, alpha, slope: dot(gradient, direction) }
  }
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

/** Adds `factor · other` to `target`, and returns the product of the sum with `next`, 0 where there is none. */
function addScaled(target: Float64Array, factor: number, other: Float64Array, next?: Float64Array): number {
  let sum = 0
  if (next) {
    for (let i = 0; i < target.length; i++) {
      const value = (target[i] as number) + factor * (other[i] as number)
      target[i] = value
      sum += value * (next[i] as number)
    }
  } else for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (other[i] as number)
  return sum
}

function scale(target: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = factor * (target[i] as number)
}

/** Sets `target`, which may be one of them, to a - b. */
function setDifference(target: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (a[i] as number) - (b[i] as number)
}
