import { describe, expect, it } from 'vitest'
import { inUnitSquare, nextPoint, panned, PointIndex, resized, wholeMap, zoomed } from './map-view.js'

describe('the map', () => {
  it('brings points into the unit square and keeps their proportions', () => {
    expect([...inUnitSquare([-2, 10, 2, 12])]).toEqual([0, 0.25, 1, 0.75])
    expect([...inUnitSquare([5, 5])]).toEqual([0.5, 0.5])
  })

  it('keeps the place under the pointer where it is while one zooms', () => {
    const camera = wholeMap(800, 400)
    const at = (c: typeof camera): [number, number] => [c.x + 120 / c.scale, c.y + 300 / c.scale]
    const near = zoomed(camera, 3, 120, 300)
    expect(near.scale).toBeCloseTo(camera.scale * 3)
    expect(at(near)[0]).toBeCloseTo(at(camera)[0])
    expect(at(near)[1]).toBeCloseTo(at(camera)[1])
  })

  it('shows the same part where the page is made narrower', () => {
    const [from, to] = [
      [1200, 500],
      [300, 500],
    ] as const
    expect(resized(wholeMap(...from), from, to)).toEqual(wholeMap(...to))
    const near = zoomed(wholeMap(...from), 3, 600, 250)
    const narrow = resized(near, from, to)
    expect(narrow.x + 150 / narrow.scale).toBeCloseTo(near.x + 600 / near.scale)
    expect(narrow.scale / wholeMap(...to).scale).toBeCloseTo(3)
  })

  it('moves with the pointer', () => {
    const camera = wholeMap(500, 500)
    expect(panned(camera, 50, 0).x).toBeCloseTo(camera.x - 50 / camera.scale)
  })

  it('finds the same point as a look at all of 10,000 would', () => {
    let state = 1
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647
    const points = Float32Array.from({ length: 20_000 }, random)
    const index = new PointIndex(points)
    for (let asked = 0; asked < 40; asked++) {
      const [x, y] = [random(), random()]
      const distances = Array.from({ length: 10_000 }, (_, i) =>
        Math.hypot((points[2 * i] as number) - x, (points[2 * i + 1] as number) - y),
      )
      const least = Math.min(...distances)
      expect(index.nearest(x, y, 0.02)).toBe(least < 0.02 ? distances.indexOf(least) : undefined)
    }
  })

  it('goes to the next point in a direction, and stays where there is none', () => {
    const points = Float32Array.of(0.5, 0.5, 0.6, 0.52, 0.9, 0.5, 0.5, 0.1)
    expect(nextPoint(points, 0, 1, 0)).toBe(1)
    expect(nextPoint(points, 0, 0, -1)).toBe(3)
    expect(nextPoint(points, 0, -1, 0)).toBe(0)
  })
})
