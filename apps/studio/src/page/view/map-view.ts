/** What part of a map is seen: data lie in [0, 1] x [0, 1], `scale` pixels to a unit, `x` and `y` the data in the upper left corner. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

/** Coordinates of points, [n, 2], brought into the unit square, with their proportions. */
export function inUnitSquare(points: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const bounds = [Infinity, -Infinity, Infinity, -Infinity] as [number, number, number, number]
  for (let i = 0; i + 1 < points.length; i += 2) {
    bounds[0] = Math.min(bounds[0], points[i] as number)
    bounds[1] = Math.max(bounds[1], points[i] as number)
    bounds[2] = Math.min(bounds[2], points[i + 1] as number)
    bounds[3] = Math.max(bounds[3], points[i + 1] as number)
  }
  const [left, right, top, bottom] = bounds
  const size = Math.max(right - left, bottom - top) || 1
  const unit = new Float32Array(points.length)
  for (let i = 0; i + 1 < points.length; i += 2) {
    unit[i] = 0.5 + ((points[i] as number) - (left + right) / 2) / size
    unit[i + 1] = 0.5 + ((points[i + 1] as number) - (top + bottom) / 2) / size
  }
  return unit
}

/** All of the unit square, in the middle, with a margin. */
export function wholeMap(width: number, height: number, margin = 16): Camera {
  const scale = Math.max(1, Math.min(width, height) - 2 * margin)
  return { scale, x: 0.5 - width / 2 / scale, y: 0.5 - height / 2 / scale }
}

/** Width and height in pixels. */
export type Size = readonly [width: number, height: number]

/** The same part of the map on a screen of another size, about the same middle. */
export function resized({ x, y, scale }: Camera, from: Size, to: Size): Camera {
  const next = (scale * wholeMap(...to).scale) / wholeMap(...from).scale
  const at = (edge: number, axis: 0 | 1): number => edge + from[axis] / 2 / scale - to[axis] / 2 / next
  return { scale: next, x: at(x, 0), y: at(y, 1) }
}

export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale }
}

/** Nearer or further, with what lies under a place of the screen staying there. */
export function zoomed(camera: Camera, factor: number, atX: number, atY: number): Camera {
  const scale = Math.max(40, Math.min(camera.scale * factor, 200_000))
  return { scale, x: camera.x + atX / camera.scale - atX / scale, y: camera.y + atY / camera.scale - atY / scale }
}

/** Points in cells of a grid, so that the one under a pointer is found without a look at all. */
export class PointIndex {
  readonly #cells: Int32Array[]
  readonly #side: number
  readonly #points: Float32Array

  constructor(points: Float32Array) {
    this.#points = points
    this.#side = Math.max(1, Math.ceil(Math.sqrt(points.length / 2 / 4)))
    const cells: number[][] = Array.from({ length: this.#side ** 2 }, () => [])
    for (let i = 0; i < points.length / 2; i++)
      cells[this.#cell(points[2 * i] as number, points[2 * i + 1] as number)]?.push(i)
    this.#cells = cells.map((cell) => Int32Array.from(cell))
  }

  /** The point nearest to a place, where one lies within a radius; of equally near ones the first. */
  nearest(x: number, y: number, radius: number): number | undefined {
    const [left, right] = [this.#clamp(x - radius), this.#clamp(x + radius)]
    const [top, bottom] = [this.#clamp(y - radius), this.#clamp(y + radius)]
    let best: number | undefined
    let distance = radius ** 2
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++)
        for (const i of this.#cells[row * this.#side + column] ?? []) {
          const d = ((this.#points[2 * i] as number) - x) ** 2 + ((this.#points[2 * i + 1] as number) - y) ** 2
          if (d < distance || (d === distance && i < (best ?? Infinity))) [best, distance] = [i, d]
        }
    return best
  }

  #clamp(value: number): number {
    return Math.max(0, Math.min(this.#side - 1, Math.floor(value * this.#side)))
  }

  #cell(x: number, y: number): number {
    return this.#clamp(y) * this.#side + this.#clamp(x)
  }
}

/** The point that lies next in a direction, for arrow keys: the nearest within 45 degrees of it. */
export function nextPoint(points: Float32Array, from: number, dx: number, dy: number): number {
  const [x, y] = [points[2 * from] as number, points[2 * from + 1] as number]
  let [best, distance] = [from, Infinity]
  for (let i = 0; i < points.length / 2; i++) {
    const [vx, vy] = [(points[2 * i] as number) - x, (points[2 * i + 1] as number) - y]
    const along = vx * dx + vy * dy
    const across = Math.abs(vx * dy - vy * dx)
    if (along <= 0 || across > along) continue
    const d = vx ** 2 + vy ** 2
    if (d < distance) [best, distance] = [i, d]
  }
  return best
}
