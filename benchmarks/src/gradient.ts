import { differentiate, float32, type Graph, Session, softmaxCrossEntropy, type Tensor, type Tensors } from '@headstart/onnx'
import { randomTensor } from '../../packages/onnx/src/test/random-tensor.js'
import { encoder, mobileNetTop } from '../../packages/onnx/test/networks.js'
import { type Benchmark, atMost, type Figure } from './figure.js'
import { median } from './measure.js'
import { startPyTorch } from './pytorch.js'

const batch = 16
const rounds = 7

interface Network {
  readonly name: string
  readonly what: string
  readonly graph: Graph
  readonly x: Tensor
  readonly timesInference: number
  readonly timesPyTorch: number
}

/** One training step (forward, backward, gradients out) beside an inference pass of the same network, and PyTorch. */
export const gradient: Benchmark = {
  title: `Gradients: a training step at batch ${batch}`,
  async run() {
    const pytorch = await startPyTorch()
    try {
      const figures: Figure[] = []
      for (const network of networks()) figures.push(...(await measure(network, pytorch)))
      return figures
    } finally {
      pytorch?.close()
    }
  },
}

function networks(): Network[] {
  let seed = 0
  const weights = (name: string, dims: readonly number[]): Tensor => {
    seed++
    if (/norm\d\.weight|1\.weight|running_var/.test(name)) return randomTensor(dims, seed, 0.5, 1.5)
    const bound = 1 / Math.sqrt(dims.length === 4 ? dims.slice(1).reduce((a, b) => a * b) : (dims[0] as number))
    return randomTensor(dims, seed, -bound, bound)
  }
  const block = (inputs: number, outputs: number, stride = 1) => ({ inputs, outputs, expanded: 6 * inputs, stride })
  const blocks = [block(96, 160, 2), block(160, 160), block(160, 160), block(160, 320)]
  return [
    {
      name: 'encoder',
      what: 'transformer encoder, 6 layers, 384 wide, 64 tokens',
      graph: encoder({ layers: 6, width: 384, heads: 12, feedForward: 1536 }, weights),
      x: randomTensor([batch, 64, 384]),
      timesInference: 4,
      timesPyTorch: 1,
    },
    {
      name: 'mobilenet',
      what: 'MobileNetV2 from block 14 on, 14×14',
      graph: mobileNetTop(blocks, 1280, weights),
      x: randomTensor([batch, 96, 14, 14]),
      timesInference: 5,
      timesPyTorch: 1.5,
    },
  ]
}

async function measure(network: Network, pytorch: Awaited<ReturnType<typeof startPyTorch>>): Promise<Figure[]> {
  const { name, what, graph, x, timesInference, timesPyTorch } = network
  const before = process.memoryUsage().rss
  const { graph: whole, loss, targets = '', weights } = softmaxCrossEntropy(graph, { logits: 'logits' })
  const classes = float32([batch, 2], Array.from({ length: 2 * batch }, (_, i) => Number(i % 4 === 0 || i % 4 === 3)))
  const feeds: Tensors = { x, [targets]: classes, [weights]: float32([batch], new Float32Array(batch).fill(1)) }
  const parameters = [...graph.initializers.keys()].filter((name) => /(weight|bias)$/.test(name))
  const training = await differentiate(whole, { loss, parameters, feeds })
  const options = { spin: 'while running' } as const
  const [inference, step] = [await Session.create(graph, options), await Session.create(training.graph, options)]
  const all = { ...feeds, ...Object.fromEntries(parameters.map((name) => [name, graph.initializers.get(name) as Tensor])) }

  // In turns, so that a busy moment of the machine meets all of them; each twice, of which the second counts, since the
  // first finds the caches full of the other's numbers.
  const times: { inference: number; step: number; pytorch: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    times.push({
      inference: await second(() => milliseconds(() => inference.run({ x }))),
      step: await second(() => milliseconds(() => step.run(all))),
      pytorch: await second(async () => (await pytorch?.step(name)) ?? Number.NaN),
    })
  }
  const memory = process.memoryUsage().rss - before
  await Promise.all([inference.close(), step.close()])

  const warm = times.slice(1)
  const [ours, theirs, forward] = (['step', 'pytorch', 'inference'] as const).map((of) => median(warm.map((one) => one[of])).toFixed(0))
  const ratio = (of: 'inference' | 'pytorch'): number => median(warm.map((one) => one.step / one[of]))
  const figures = [
    atMost(`${what}: times its inference pass`, ratio('inference'), timesInference, `${ours} ms, inference ${forward} ms`),
    pytorch
      ? atMost(`${what}: times PyTorch's step`, ratio('pytorch'), timesPyTorch, `${ours} ms, PyTorch ${theirs} ms`)
      : { what: `${what}: times PyTorch's step`, measured: 'no Python with torch and torchvision' },
    atMost(`${what}: memory`, memory / 1e6, 2000, 'both sessions, weights and gradients', ' MB'),
  ]
  return figures
}

async function second<T>(work: () => Promise<T>): Promise<T> {
  await work()
  return work()
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
