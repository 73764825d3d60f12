import { transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { differentiate, float32, type Graph, GraphBuilder, Session, type Tensor, type Tensors } from '@headstart/onnx'
import { connect, softmaxCrossEntropy } from '@headstart/onnx/kit'
import { randomTensor } from '../../packages/onnx/src/test/random-tensor.js'
import { encoder, mobileNetTop } from '../../packages/onnx/test/networks.js'
import { type Benchmark, atMost, type Figure } from './figure.js'
import { median, withEmptyCache } from './measure.js'
import { startPyTorch } from './pytorch.js'

const batch = 16
const rounds = 15

interface Network {
  readonly name: string
  readonly what: string
  readonly graph: Graph
  readonly inputs: Tensors
  readonly timesInference: number
  /** Undefined where PyTorch has no such network here. */
  readonly timesPyTorch?: number
}

/** One training step (forward, backward, gradients out) beside an inference pass of the same network, and PyTorch. */
export const gradient: Benchmark = {
  title: `Gradients: a training step at batch ${batch}`,
  async run() {
    const pytorch = await startPyTorch()
    try {
      const figures: Figure[] = []
      for (const network of [...networks(), await publishedEncoder()])
        figures.push(...(await measure(network, pytorch)))
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
      inputs: { x: randomTensor([batch, 64, 384]) },
      timesInference: 3.2,
      timesPyTorch: 0.6,
    },
    {
      name: 'mobilenet',
      what: 'MobileNetV2 from block 14 on, 14×14',
      graph: mobileNetTop(blocks, 1280, weights),
      inputs: { x: randomTensor([batch, 96, 14, 14]) },
      timesInference: 4.5,
      timesPyTorch: 0.5,
    },
  ]
}

/** A text encoder as it comes from a folder of the Hugging Face Hub, embeddings and all, with a head of two classes. */
async function publishedEncoder(): Promise<Network> {
  const { network, preprocessing } = await withEmptyCache(async (folder) => {
    await writeFiles(folder, bertFiles({ hidden: 384, layers: 6, heads: 12, positions: 64 }))
    return transformersBackbone(folder)
  })
  const g = new GraphBuilder('head', { opsets: { '': network.graph.opsets.get('') ?? 17 } })
  const features = g.input('features', 'float32', ['batch', 384])
  g.output(
    'logits',
    g.op('MatMul', [features, g.weight('head.weight', randomTensor([384, 2], 1, -0.05, 0.05))]),
    'float32',
    ['batch', 2],
  )
  const text = await preprocessing.prepare('the food was very good '.repeat(20))
  return {
    name: 'published-encoder',
    what: 'BERT from a folder, 6 layers, 384 wide, 64 tokens',
    graph: connect(network.graph, g.build(), { features: network.graph.outputs[0]?.name ?? '' }),
    inputs: preprocessing.collate(Array.from({ length: batch }, () => text)),
    timesInference: 4,
  }
}

async function measure(network: Network, pytorch: Awaited<ReturnType<typeof startPyTorch>>): Promise<Figure[]> {
  const { name, what, graph, inputs, timesInference, timesPyTorch } = network
  const before = process.memoryUsage().rss
  const { graph: whole, loss, targets = '', weights } = softmaxCrossEntropy(graph, { logits: 'logits' })
  const classes = float32(
    [batch, 2],
    Array.from({ length: 2 * batch }, (_, i) => Number(i % 4 === 0 || i % 4 === 3)),
  )
  const feeds: Tensors = { ...inputs, [targets]: classes, [weights]: float32([batch], new Float32Array(batch).fill(1)) }
  const parameters = [...graph.initializers.keys()].filter((name) => /(weight|bias)$/.test(name))
  const training = await differentiate(whole, { loss, parameters, feeds })
  const options = { spin: 'while running' } as const
  const [inference, step] = [await Session.create(graph, options), await Session.create(training.graph, options)]
  const all = {
    ...feeds,
    ...Object.fromEntries(parameters.map((name) => [name, graph.initializers.get(name) as Tensor])),
  }

  // In turns, so that a busy moment of the machine meets all of them; each twice, of which the second counts, since the
  // first finds the caches full of the other's numbers.
  const times: { inference: number; step: number; pytorch: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    times.push({
      inference: await second(() => milliseconds(() => inference.run(inputs))),
      step: await second(() => milliseconds(() => step.run(all))),
      pytorch:
        timesPyTorch === undefined ? Number.NaN : await second(async () => (await pytorch?.step(name)) ?? Number.NaN),
    })
  }
  const memory = process.memoryUsage().rss - before
  await Promise.all([inference.close(), step.close()])

  // Medians, the fastest of the rounds beside: what other programs disturb, and memory that the system has to give anew for the
  // gradients, which happens in about every second round.
  const warm = times.slice(1)
  const of = (what: 'inference' | 'step' | 'pytorch') => {
    const all = warm.map((one) => one[what])
    const middle = median(all)
    return { middle, title: `${middle.toFixed(0)} ms (fastest ${Math.min(...all).toFixed(0)})` }
  }
  const [ours, theirs, forward] = [of('step'), of('pytorch'), of('inference')]
  const beside = (): Figure[] => {
    if (timesPyTorch === undefined) return []
    const title = `${what}: times PyTorch's step`
    if (!pytorch) return [{ what: title, measured: 'no Python with torch' }]
    return [atMost(title, ours.middle / theirs.middle, timesPyTorch, `${ours.title}, PyTorch ${theirs.title}`)]
  }
  return [
    atMost(
      `${what}: times its inference pass`,
      ours.middle / forward.middle,
      timesInference,
      `${ours.title}, inference ${forward.title}`,
    ),
    ...beside(),
    atMost(`${what}: memory`, memory / 1e6, 2000, 'both sessions, weights and gradients', ' MB'),
  ]
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
