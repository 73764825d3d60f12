import { float32, GraphBuilder, int64 } from '@headstart/onnx'
import type { Network, Preprocessing, TunableBackbone } from '../src/contract/backbone.js'
import type { PreprocessingLoader } from '../src/model/model-from.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import { random } from '../src/kit/random.js'
import { letters, lettersLoader } from './tiny-backbone.js'

/** Columns of the features. */
export const layeredFeatureSize = 3

/**
 * A real backbone of three stages, small enough to be made anew in each test: letters are embedded, each goes through a
 * dense layer, and their mean, without the padding, through another. Nobody trained its weights, and it has few features,
 * so that there is something to gain by tuning.
 */
export function layeredBackbone({ seed = 1, hidden = 'Relu', pooling = 'Tanh' } = {}): TunableBackbone<string> {
  const network = layeredNetwork(seed, { hidden, pooling })
  return networkBackbone({
    id: 'layered',
    modality: 'text',
    network,
    preprocessing: maskedLetters(letters()),
    threads: 1,
  })
}

function layeredNetwork(seed: number, activations: Record<'hidden' | 'pooling', string>): Network {
  const { normal } = random(seed)
  const g = new GraphBuilder('layered')
  const weight = (name: string, ...dims: number[]) => {
    const size = dims.reduce((product, dim) => product * dim, 1)
    return g.weight(
      name,
      float32(
        dims,
        Float32Array.from({ length: size }, () => 0.5 * normal()),
      ),
    )
  }
  const ids = g.input('letters', 'int64', ['batch', 'length'])
  const mask = g.input('mask', 'int64', ['batch', 'length'])
  const vectors = g.op('Gather', [weight('table', 27, 6), ids], {}, { name: 'vectors' })

  const dense = g.op('Add', [g.op('MatMul', [vectors, weight('hidden.weight', 6, 8)]), weight('hidden.bias', 8)])
  const hidden = g.op(activations.hidden, [dense], {}, { name: 'hidden' })

  const there = g.op('Cast', [mask], { to: 1 })
  const sum = g.op('ReduceSum', [g.op('Mul', [hidden, g.op('Unsqueeze', [there, g.ints([2])])]), g.ints([1])], {
    keepdims: 0,
  })
  const count = g.op('Max', [g.op('ReduceSum', [there, g.ints([1])], { keepdims: 1 }), g.scalar(1)])
  const pooled = g.op('Gemm', [
    g.op('Div', [sum, count]),
    weight('pooling.weight', 8, layeredFeatureSize),
    weight('pooling.bias', layeredFeatureSize),
  ])
  g.output('encoding', g.op(activations.pooling, [pooled]), 'float32', ['batch', layeredFeatureSize])
  return {
    graph: g.build(),
    stages: [
      { name: 'embedding', output: 'vectors' },
      { name: 'hidden', output: 'hidden' },
      { name: 'pooling', output: 'encoding' },
    ],
  }
}

/** Letters with a mask that tells them from padding. */
function maskedLetters(plain: Preprocessing<string>): Preprocessing<string, number[]> {
  const { collate, ...rest } = plain as Preprocessing<string, number[]>
  return {
    ...rest,
    id: maskedLettersLoader.id,
    collate(batch) {
      const { letters: ids } = collate(batch)
      const [rows = 0, length = 0] = ids?.dims ?? []
      const mask = batch.flatMap((one) => Array.from({ length }, (_, place) => (place < one.length ? 1 : 0)))
      return { ...(ids && { letters: ids }), mask: int64([rows, length], mask) }
    },
  }
}

export const maskedLettersLoader: PreprocessingLoader<string> = {
  id: 'masked-letters/1',
  load: async (config, files) => maskedLetters(await lettersLoader.load(config, files)),
}
