import { float32, type Graph, Session, type Tensor } from '@headstart/onnx'
import { extract } from '@headstart/onnx/kit'
import type { TunableBackbone } from '../contract/backbone.js'
import type { Grid } from '../contract/input-parts.js'
import type { Matrix } from '../contract/matrix.js'

/** What each place of a picture adds to the features. */
export interface PlacesOfFeatures extends Grid {
  /** `[rows * columns, featureSize]`; they add up to the features, but for `rest`. */
  readonly features: Matrix
  /** What the features are without any place, `[featureSize]`. */
  readonly rest: Float32Array
}

/** Largest difference to the features themselves with which parts add up to them, as a share of the largest feature. */
const tolerance = 1e-3
/** Places that are computed together. */
const atOnce = 16

/**
 * The features of an input place by place, for a network that ends in means over maps: what follows them is linear, so that each place
 * adds its share (class activation maps: Zhou et al., "Learning deep features for discriminative localization", 2016, equation 2).
 * That it is so is seen: the shares add up to the features. Maps of several sizes are brought to the finest.
 * @returns undefined for a network that ends otherwise, such as one that is normalized afterwards.
 */
export async function placesOfFeatures<Input>(
  { network: { graph }, preprocessing }: TunableBackbone<Input>,
  input: Input,
): Promise<PlacesOfFeatures | undefined> {
  const output = graph.outputs[0]?.name as string
  const names = pooledValues(graph, output)
  if (names.length === 0) return undefined
  const feeds = preprocessing.collate([await preprocessing.prepare(input)])
  await using mapping = await Session.create(extract(graph, [], [...names, output]))
  const computed = await mapping.run(feeds)
  const maps = names.map((name) => computed[name] as Tensor)
  if (maps.some(({ dims, type }) => dims[0] !== 1 || type !== 'float32' || !sizeOf(dims))) return undefined

  const typed = graph.with({
    valueInfo: new Map([
      ...graph.valueInfo,
      ...names.map((name, at): [string, { name: string; type: 'float32'; dims: (number | string)[] }] => [
        name,
        { name, type: 'float32', dims: ['batch', ...((maps[at] as Tensor).dims.slice(1) as number[])] },
      ]),
    ]),
  })
  const suffix = extract(typed, names, [output])
  // What is pooled by a mask, such as texts, hangs on more than the maps.
  if (suffix.inputs.length !== names.length) return undefined
  await using pooling = await Session.create(suffix)
  const sizes = maps.map(({ dims }) => sizeOf(dims) as Grid)
  const finest = sizes.reduce((most, size) => (size.rows * size.columns > most.rows * most.columns ? size : most))
  const whole = computed[output]?.data as Float32Array
  const empty = await pooledOf(pooling, names, maps, output, [])
  const rest = empty.slice(0, whole.length)
  const features = {
    rows: finest.rows * finest.columns,
    columns: whole.length,
    data: new Float32Array(finest.rows * finest.columns * whole.length),
  }
  const sum = rest.slice()
  for (const [at, size] of sizes.entries()) {
    const places = size.rows * size.columns
    for (let first = 0; first < places; first += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, places - first) }, (_, place) => ({
        map: at,
        place: first + place,
      }))
      const parts = await pooledOf(pooling, names, maps, output, some)
      for (const [row, { place }] of some.entries()) {
        const cells = cellsOf(place, size, finest)
        for (let feature = 0; feature < whole.length; feature++) {
          const share = (parts[row * whole.length + feature] as number) - (rest[feature] as number)
          sum[feature] = (sum[feature] as number) + share
          for (const cell of cells) {
            const to = cell * whole.length + feature
            features.data[to] = (features.data[to] as number) + share / cells.length
          }
        }
      }
    }
  }
  const largest = whole.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const isWhole = sum.every((value, feature) => Math.abs(value - (whole[feature] as number)) <= tolerance * largest)
  return isWhole ? { ...finest, features, rest } : undefined
}

/** What the network pools on its way to the features: the inputs of the last means over places. */
function pooledValues(graph: Graph, output: string): string[] {
  const producers = graph.producers()
  const found = new Set<string>()
  const waiting = [output]
  const seen = new Set<string>()
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const node = producers.get(value)
    if (!node) {
      // An input of the network that reaches the features past any mean.
      if (graph.inputs.some(({ name }) => name === value)) return []
      continue
    }
    if (node.opType === 'GlobalAveragePool' || node.opType === 'ReduceMean') found.add(node.inputs[0] as string)
    else waiting.push(...node.inputs.filter((name) => name !== ''))
  }
  return [...found]
}

/** Rows and columns of a map `[1, channels, rows, columns]`, or of vectors of patches `[1, channels, patches]` in a square. */
function sizeOf(dims: readonly number[]): Grid | undefined {
  if (dims.length === 4) return { rows: dims[2] as number, columns: dims[3] as number }
  const side = Math.sqrt(dims[2] ?? Number.NaN)
  return dims.length === 3 && Number.isInteger(side) ? { rows: side, columns: side } : undefined
}

/** Features of inputs that have one place of one map each, `[some.length or 1, featureSize]`. */
async function pooledOf(
  session: Session,
  names: readonly string[],
  maps: readonly Tensor[],
  output: string,
  some: readonly { readonly map: number; readonly place: number }[],
): Promise<Float32Array> {
  const rows = Math.max(1, some.length)
  const feeds = Object.fromEntries(
    maps.map(({ dims, data }, at) => {
      const channels = dims[1] as number
      const places = data.length / channels
      const values = new Float32Array(rows * data.length)
      some.forEach(({ map, place }, row) => {
        if (map !== at) return
        for (let channel = 0; channel < channels; channel++)
          values[row * data.length + channel * places + place] = data[channel * places + place] as number
      })
      return [names[at] as string, float32([rows, ...dims.slice(1)], values)]
    }),
  )
  return (await session.run(feeds, [output]))[output]?.data as Float32Array
}

/** Cells of a finer grid that a place of a coarser one covers. */
function cellsOf(place: number, { rows, columns }: Grid, finest: Grid): number[] {
  const [row, column] = [Math.floor(place / columns), place % columns]
  const between = (at: number, of: number, all: number): number[] => {
    const from = Math.floor((at * all) / of)
    const to = Math.max(from + 1, Math.floor(((at + 1) * all) / of))
    return Array.from({ length: to - from }, (_, step) => from + step)
  }
  return between(row, rows, finest.rows).flatMap((y) =>
    between(column, columns, finest.columns).map((x) => y * finest.columns + x),
  )
}
