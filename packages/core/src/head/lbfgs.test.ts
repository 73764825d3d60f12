import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { type Evaluation, minimize } from './lbfgs.js'
import { random } from '../kit/random.js'

type Point = readonly number[]
type Objective = (point: Float64Array) => Promise<Evaluation>

/** A function that counts its evaluations. */
function counted(value: (x: Point) => number, gradient: (x: Point) => number[]) {
  let evaluations = 0
  const f: Objective = async (point) => {
    evaluations++
    return { value: value([...point]), gradient: Float64Array.from(gradient([...point])) }
  }
  return { f, evaluations: () => evaluations }
}

/** sum_i c_i (x_i - i)^2 / 2, whose minimum is at x_i = i, with curvatures c_i from 1 to `condition`. */
function quadratic(size: number, condition: number) {
  const c = Array.from({ length: size }, (_, i) => condition ** (i / Math.max(size - 1, 1)))
  const distance = (x: Point): number[] => x.map((value, i) => value - i)
  return counted(
    (x) => distance(x).reduce((sum, d, i) => sum + ((c[i] as number) * d * d) / 2, 0),
    (x) => distance(x).map((d, i) => (c[i] as number) * d),
  )
}

const rosenbrock = () =>
  counted(
    ([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    ([x = 0, y = 0]) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
  )

describe('minimize', () => {
  it.each([
    [1, 1],
    [5, 10],
    [40, 1e4],
  ])('finds the minimum of a quadratic of %i variables, condition %d', async (size, condition) => {
    const { uniform } = random(1)
    const start = Float64Array.from({ length: size }, () => 20 * uniform() - 10)
    const { point, value, gradient, converged } = await minimize(quadratic(size, condition).f, start)
    expect(converged).toBe(true)
    expect(point).toBeAllclose([...Array(size).keys()], { atol: 1e-6 })
    expect(value).toBeLessThan(1e-12)
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1e-7)
  })

  it('follows the valley of Rosenbrock to its end', async () => {
    const { f, evaluations } = rosenbrock()
    const { point, converged, iterations } = await minimize(f, Float64Array.of(-1.2, 1))
    expect(converged).toBe(true)
    expect(point).toBeAllclose([1, 1], { rtol: 1e-6 })
    // SciPy (L-BFGS-B, gtol 1e-7) takes 37 iterations and 45 evaluations.
    expect(iterations).toBeLessThan(60)
    expect(evaluations()).toBeLessThan(100)
  })

  it('goes no step from a start that is the minimum', async () => {
    const { f, evaluations } = quadratic(3, 10)
    const start = Float64Array.of(0, 1, 2)
    expect(await minimize(f, start)).toMatchObject({ iterations: 0, converged: true, point: start, value: 0 })
    expect(evaluations()).toBe(1)
  })

  it('leaves the start as it is', async () => {
    const start = Float64Array.of(5, 5)
    await minimize(quadratic(2, 3).f, start)
    expect(start).toEqual(Float64Array.of(5, 5))
  })

  it('reaches the tolerance that was asked for and no more', async () => {
    const start = new Float64Array(10)
    const rough = await minimize(quadratic(10, 100).f, start, { gradientTolerance: 1e-1 })
    const fine = await minimize(quadratic(10, 100).f, start, { gradientTolerance: 1e-9 })
    expect(Math.max(...rough.gradient.map(Math.abs))).toBeLessThanOrEqual(1e-1)
    expect(Math.max(...fine.gradient.map(Math.abs))).toBeLessThanOrEqual(1e-9)
    expect(rough.iterations).toBeLessThan(fine.iterations)
  })

  it('goes on with the curvature of an earlier minimization', async () => {
    const start = new Float64Array(40)
    const { steps } = await minimize(quadratic(40, 100).f, start, { memory: 40 })
    const again = quadratic(40, 100)
    const warm = await minimize(again.f, start, { steps, memory: 40 })
    const cold = quadratic(40, 100)
    await minimize(cold.f, start, { memory: 40 })
    expect(warm.point).toBeAllclose([...Array(40).keys()], { atol: 1e-5 })
    expect(again.evaluations()).toBeLessThan(0.75 * cold.evaluations())
  })

  it('takes no curvature from steps along which the gradient fell', async () => {
    const steps = [{ s: Float64Array.of(1, 0), y: Float64Array.of(-3, 0) }]
    const { point } = await minimize(quadratic(2, 3).f, Float64Array.of(5, 5), { steps })
    expect(point).toBeAllclose([0, 1], { atol: 1e-6 })
  })

  it('stops at the largest number of iterations and says so', async () => {
    const minimum = await minimize(rosenbrock().f, Float64Array.of(-1.2, 1), { maxIterations: 5 })
    expect(minimum).toMatchObject({ iterations: 5, converged: false })
  })

  it('never ends higher than it was, with a memory of one step, too', async () => {
    const { f } = rosenbrock()
    const start = Float64Array.of(-1.2, 1)
    let last = (await f(start)).value
    for (let maxIterations = 1; maxIterations < 12; maxIterations++) {
      const { value } = await minimize(f, start, { maxIterations, memory: 1 })
      expect(value).toBeLessThanOrEqual(last)
      last = value
    }
  })

  it('stays where no step lowers the value: a gradient that lies', async () => {
    const { f } = counted(
      ([x = 0]) => Math.abs(x),
      () => [-1],
    )
    expect(await minimize(f, Float64Array.of(0))).toMatchObject({ point: Float64Array.of(0), value: 0, iterations: 0 })
  })

  it('ends at a kink, where the gradient never gets small', async () => {
    const { f } = counted(
      ([x = 0]) => Math.abs(x - 0.3),
      ([x = 0]) => [x < 0.3 ? -1 : 1],
    )
    const { point, value } = await minimize(f, Float64Array.of(-4))
    expect(point).toBeAllclose([0.3], { atol: 1e-6 })
    expect(value).toBeLessThan(1e-6)
  })

  it('steps over a region where the value is not finite', async () => {
    const { f } = counted(
      ([x = 0]) => x - Math.log(x),
      ([x = 0]) => [1 - 1 / x],
    )
    const { point, converged } = await minimize(f, Float64Array.of(1e-3))
    expect(converged).toBe(true)
    expect(point).toBeAllclose([1], { rtol: 1e-6 })
  })

  it('gives the same bits for the same start', async () => {
    const run = () => minimize(rosenbrock().f, Float64Array.of(-1.2, 1))
    expect(await run()).toEqual(await run())
  })

  it('stops when the signal aborts, before and on the way', async () => {
    const stop = new AbortController()
    const { f, evaluations } = rosenbrock()
    const stopping: Objective = (point) => {
      if (evaluations() === 4) stop.abort(new Error('enough'))
      return f(point)
    }
    await expect(minimize(stopping, Float64Array.of(-1.2, 1), { signal: stop.signal })).rejects.toThrow('enough')
    expect(evaluations()).toBeLessThan(40)
    await expect(minimize(f, Float64Array.of(0, 0), { signal: stop.signal })).rejects.toThrow('enough')
  })

  it('hands on the error of the function', async () => {
    const failing: Objective = () => Promise.reject(new Error('no memory'))
    await expect(minimize(failing, Float64Array.of(0))).rejects.toThrow('no memory')
  })
})
