import { existsSync, readFileSync } from 'node:fs'
import { arrayConstructors, type NumericType } from '../src/graph/element-type.js'
import { HeadstartError } from '../src/errors.js'
import { decodeModel, parseModel } from '../src/graph/decode.js'
import { encodeModel } from '../src/graph/encode.js'
import { readOnnx } from '../src/graph/file.js'
import { type Graph, type Node, printValueInfo, type ValueInfo } from '../src/graph/graph.js'
import { connect } from '../src/graph/connect.js'
import { cut } from '../src/graph/subgraph.js'
import { sizeOf, type Tensor, tensor, type Tensors } from '../src/graph/tensor.js'
import { GraphBuilder } from '../src/graph/builder.js'
import { differentiate } from '../src/gradient/differentiate.js'
import { branchesOnTheWay } from '../src/gradient/branches-on-the-way.js'
import { pathsBetween } from '../src/gradient/paths.js'
import { defaultRuntime } from '../src/runtime/default-runtime.js'
import { Session } from '../src/runtime/session.js'
import { withStages } from '../src/stages/with-stages.js'
import { differences, dot, inDouble, largestOf, withProjection } from '../src/test/finite-differences.js'
import { randomNumbers } from '../src/test/random-tensor.js'
import { isTrainable, weightRoles } from '../src/training/weight-roles.js'

/** What is done with a network, in this order. */
export const steps = ['read', 'encoded', 'run', 'cut', 'gradient'] as const
export type StepName = (typeof steps)[number]

/**
 * What came of each step: 'ok', why it was refused, what is wrong, or undefined for one that could not be taken.
 * A refusal is no fault by itself; it is one where the files beside the network say what comes out.
 */
export type Outcomes = Readonly<Partial<Record<StepName, Outcome>>>
export type Outcome = 'ok' | { readonly refused: string } | { readonly wrong: string }

/** What a file beside a network says of it: `NAME.json`, with numbers as places in `NAME.bin`. */
interface Expectation {
  readonly feeds: Tensors
  readonly output: string
  readonly expected: Tensor
  /** Weights of the output in the loss, sum(output · weights) / size. */
  readonly weights: Tensor
  readonly gradients: Tensors
}

/** Relative to the largest number of a tensor. */
const tolerance = 1e-3

/**
 * Reads a network, encodes it again, runs it, cuts it at each of its stages, differentiates it, and compares:
 * with `NAME.json` and `NAME.bin` where they stand beside `NAME.onnx`; else with what onnxruntime makes of the file's own bytes,
 * for inputs that are made up, and with finite differences by two directions of each weight.
 */
export async function conformance(path: string): Promise<Outcomes> {
  const outcomes: Partial<Record<StepName, Outcome>> = {}
  const given = expectationOf(path)
  const take = async <T>(step: StepName, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work()
      outcomes[step] = 'ok'
      return result
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const isRefused = error instanceof Refused || (error instanceof HeadstartError && error.fault === 'input')
      const refused = isRefused && !given
      outcomes[step] = refused ? { refused: message } : { wrong: message }
      return undefined
    }
  }
  const graph = await take('read', () => readOnnx(path))
  if (!graph) return outcomes
  await take('encoded', async () => requireSameBytes(graph))
  const feeds = given?.feeds ?? madeUp(graph.inputs)
  const results = await take('run', () => compareRun(path, graph, feeds, given))
  if (!results) return outcomes
  await take('cut', () => compareCuts(graph, feeds, given?.output ?? graph.outputs[0]?.name ?? '', results))
  await take('gradient', () => (given ? compareGradients(graph, given) : compareDifferences(graph, feeds, results)))
  return outcomes
}

class Wrong extends Error {}
class Refused extends Error {}

function expectationOf(path: string): Expectation | undefined {
  const beside = path.replace(/\.onnx$/, '')
  if (!existsSync(`${beside}.json`) || !existsSync(`${beside}.bin`)) return undefined
  const json = JSON.parse(readFileSync(`${beside}.json`, 'utf8')) as {
    inputs: Record<string, Place>
    output: string
    expected: Place
    weights: Place
    gradients: Record<string, Place>
  }
  const bytes = readFileSync(`${beside}.bin`)
  const at = (place: Place): Tensor => tensorAt(bytes, place)
  const all = (places: Record<string, Place>): Tensors =>
    Object.fromEntries(Object.entries(places).map(([name, place]) => [name, at(place)]))
  const { inputs, output, expected, weights, gradients } = json
  return { feeds: all(inputs), output, expected: at(expected), weights: at(weights), gradients: all(gradients) }
}

interface Place {
  readonly offset: number
  readonly dims: readonly number[]
  readonly type: NumericType
}

function tensorAt(bytes: Uint8Array, { offset, dims, type }: Place): Tensor {
  const Elements = arrayConstructors[type]
  const part = bytes.slice(offset, offset + sizeOf(dims) * Elements.BYTES_PER_ELEMENT)
  return tensor(type, dims, new Elements(part.buffer, part.byteOffset, sizeOf(dims)))
}

/** The same graph gives the same bytes, also when it comes from them. */
function requireSameBytes(graph: Graph): void {
  const bytes = encodeModel(graph)
  if (Buffer.compare(encodeModel(decodeModel(bytes)), bytes) !== 0) throw new Wrong('the bytes change')
}

async function compareRun(path: string, graph: Graph, feeds: Tensors, given?: Expectation): Promise<Tensors> {
  const own = given ? undefined : await runBytes(path, graph, feeds)
  try {
    const results = await run(graph, feeds)
    if (given) requireClose(given.output, results[given.output] as Tensor, given.expected)
    for (const [name, expected] of Object.entries(own ?? {})) requireClose(name, results[name] as Tensor, expected)
    return results
  } catch (error) {
    throw own ? new Wrong(`${error instanceof Error ? error.message : error} (the file itself runs)`) : error
  }
}

async function run(graph: Graph, feeds: Tensors): Promise<Tensors> {
  await using session = await Session.create(graph, { threads: 1 })
  return await session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name] as Tensor])))
}

/**
 * What onnxruntime makes of the file as it is; undefined where it would look for weights in other files, or crash.
 * @throws Refused where it cannot run it.
 */
async function runBytes(path: string, graph: Graph, feeds: Tensors): Promise<Tensors | undefined> {
  const bytes = readFileSync(path)
  const { graph: parsed } = parseModel(bytes, path)
  const isElsewhere = parsed.initializer.some(({ externalData }) => externalData.length > 0)
  // onnxruntime 1.30 ends the process where LayerNormalization has one.
  const endsEmpty = parsed.node.some(({ input }) => input.at(-1) === '')
  if (isElsewhere || endsEmpty) return undefined
  const runtime = await defaultRuntime()
  const outputs = graph.outputs.map(({ name }) => name)
  try {
    const loaded = await runtime.load(bytes, { devices: ['cpu'], threads: 1, optimization: 'all', spin: true })
    return await loaded.run(feeds, outputs).finally(() => loaded.release())
  } catch (cause) {
    throw new Refused(`onnxruntime does not run the file: ${cause instanceof Error ? cause.message : cause}`)
  }
}

/** Both parts, one after the other, give what the whole gives, wherever it is cut. */
async function compareCuts(graph: Graph, feeds: Tensors, output: string, results: Tensors): Promise<void> {
  const { graph: staged, stages } = await withStages(graph, output)
  for (const stage of stages.slice(0, -1)) {
    const { prefix, suffix } = cut(staged, [stage.output])
    const inner = await run(prefix, feeds)
    const after = await run(suffix, { ...feeds, ...inner })
    requireClose(`${output}, cut behind ${stage.name}`, after[output] as Tensor, results[output] as Tensor)
  }
}

/**
 * With the gradients that are written down. Exporters make one weight of equal ones, of which PyTorch knows the gradients one by
 * one: then that of one place counts. It gives padding rows of a table none, on purpose: then finite differences decide.
 */
async function compareGradients(graph: Graph, { feeds, output, weights, gradients }: Expectation): Promise<void> {
  const g = new GraphBuilder('loss', { opsets: { '': graph.opsets.get('') ?? 17 } })
  const weighted = g.op('Mul', [g.input('result', 'float32', weights.dims), g.weight('weights', weights)])
  const sum = g.op('ReduceSum', [weighted], { keepdims: 0 })
  g.output('conformance/loss', g.op('Div', [sum, g.scalar(sizeOf(weights.dims))]), 'float32', [])
  const whole = connect(graph, g.build(), { result: output })
  const found = await gradientsOf(whole, 'conformance/loss', Object.keys(gradients), feeds)
  const least = Math.max(...Object.values(gradients).map(largestIn)) / 20
  const differs = (gradient: Tensor, expected: Tensor): boolean =>
    problemOf('', gradient, expected, least) !== undefined
  const others: string[] = []
  for (const [name, expected] of Object.entries(gradients)) {
    if (!differs(found[name] as Tensor, expected)) continue
    const { graph: apart, names } = withPlacesApart(whole, name)
    const places = await gradientsOf(apart, 'conformance/loss', names, feeds)
    if (Object.values(places).every((gradient) => differs(gradient, expected))) others.push(name)
  }
  await compareWithDifferences(graph, feeds, [output], others)
}

/** A weight of its own for each place at which it is read, or at which what a single reader makes of it is. */
function withPlacesApart(graph: Graph, name: string): { graph: Graph; names: readonly string[] } {
  const weight = graph.initializers.get(name) as Tensor
  const [reader, ...others] = graph.nodes.filter(({ inputs }) => inputs.includes(name))
  const behind = others.length === 0 ? reader : undefined
  const value = behind?.outputs[0] ?? name
  const names: string[] = []
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const before: Node[] = []
    const inputs = node.inputs.map((input) => {
      if (input !== value) return input
      const own = `${name}/place ${names.length}`
      names.push(own)
      if (!behind) return own
      const outputs = [`${own}/read`]
      before.push({ ...behind, name: '', inputs: behind.inputs.map((one) => (one === name ? own : one)), outputs })
      return `${own}/read`
    })
    return [...before, { ...node, inputs }]
  })
  const places = names.map((own) => [own, weight] as const)
  return { graph: graph.with({ nodes, initializers: new Map([...graph.initializers, ...places]) }), names }
}

/** With finite differences, by all weights that can be trained and have an influence. */
async function compareDifferences(graph: Graph, feeds: Tensors, results: Tensors): Promise<void> {
  const outputs = graph.outputs.flatMap(({ name }) => (results[name]?.type === 'float32' ? [name] : []))
  const candidates = [...weightRoles(graph)].flatMap(([name, role]) => (isTrainable(role) ? [name] : []))
  const { graph: whole, loss } = withProjection(graph, outputs, results)
  const { graph: taken } = await branchesOnTheWay(whole, candidates, loss, feeds, undefined)
  const by = candidates.filter((name) => pathsBetween(taken, [name], loss).values.has(name))
  await compareWithDifferences(graph, feeds, outputs, by)
}

async function compareWithDifferences(
  graph: Graph,
  feeds: Tensors,
  outputs: readonly string[],
  by: readonly string[],
): Promise<void> {
  if (by.length === 0) return
  const results = await run(graph, feeds)
  const { graph: whole, loss } = withProjection(graph, outputs, results)
  const gradients = await gradientsOf(whole, loss, by, feeds)
  const double = await inDouble(graph, feeds)
  // What is lost of a sum of such numbers in single precision, and divided by the distance.
  const sums = outputs.map((output) =>
    Array.from(results[output]?.data ?? [], Number).reduce((sum, one) => sum + Math.abs(one), 0),
  )
  const noise = double ? 0 : (2 ** -24 * sums.reduce((sum, one) => sum + one, 0)) / 0.01
  const slopesAt = (step: number) => differences(double ?? { graph, feeds }, by, outputs, step, 4)
  const [numeric, nearer] = [await slopesAt(double ? 1e-4 : 0.01), await slopesAt(double ? 5e-5 : 0.003)]
  const all = largestOf([...numeric.values()].flatMap(({ slopes }) => slopes))
  for (const [name, { directions, slopes }] of numeric) {
    const least = Math.max(largestOf(slopes), all / 20)
    for (const [index, direction] of directions.entries()) {
      const [slope = 0, other = 0] = [slopes[index], nearer.get(name)?.slopes[index]]
      const found = dot(gradients[name]?.data as Float32Array, direction)
      // Two distances differ where they reach over a kink, or where single precision is too coarse.
      if (Math.abs(found - slope) <= tolerance * least + 2 * Math.abs(slope - other) + noise) continue
      throw new Wrong(`gradient by ${name} along direction ${index}: finite differences give ${slope}, got ${found}`)
    }
  }
}

async function gradientsOf(
  graph: Graph,
  loss: string,
  parameters: readonly string[],
  feeds: Tensors,
): Promise<Tensors> {
  const training = await differentiate(graph, { loss, parameters, feeds })
  const given = Object.fromEntries(parameters.map((name) => [name, graph.initializers.get(name) as Tensor]))
  const results = await run(training.graph, { ...feeds, ...given })
  return Object.fromEntries([...training.gradients].map(([name, output]) => [name, results[output] as Tensor]))
}

function requireClose(what: string, found: Tensor, expected: Tensor, least?: number): void {
  const problem = problemOf(what, found, expected, least)
  if (problem !== undefined) throw new Wrong(problem)
}

function problemOf(what: string, found: Tensor, expected: Tensor, least = 1e-30): string | undefined {
  const title = (value: Tensor): string => printValueInfo({ ...value, name: '' })
  if (title(found) !== title(expected)) return `${what}: expected ${title(expected)}, got ${title(found)}`
  const bound = tolerance * Math.max(largestIn(expected), least)
  for (let index = 0; index < expected.data.length; index++) {
    const [a, b] = [found.data[index], expected.data[index]]
    if (Object.is(a, b) || a === b || Math.abs(Number(a) - Number(b)) <= bound) continue
    return `${what}, element ${index}: expected ${b}, got ${a}`
  }
  return undefined
}

function largestIn({ data }: Tensor): number {
  return largestOf(Array.from(data as ArrayLike<number>, Number).filter(Number.isFinite))
}

/** Tensors for inputs of which only type and shape are known: two along every open axis. */
function madeUp(inputs: readonly ValueInfo[]): Tensors {
  return Object.fromEntries(
    inputs.map(({ name, type = 'float32', dims = [] }, index) => {
      const shape = dims.map((size) => (typeof size === 'number' ? size : 2))
      const count = sizeOf(shape)
      const next = randomNumbers(index + 1)
      if (type === 'string') return [name, { type, dims: shape, data: Array.from({ length: count }, () => 'a') }]
      const data = new arrayConstructors[type](count)
      for (let i = 0; i < count; i++) {
        if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(i % 2)
        else data[i] = type.startsWith('float') ? next() * 2 - 1 : 1
      }
      return [name, tensor(type, shape, data)]
    }),
  )
}
