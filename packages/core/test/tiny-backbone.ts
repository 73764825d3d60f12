import { float32, GraphBuilder, int64 } from '@headstart/onnx'
import type { Network, Preprocessing, TunableBackbone } from '../src/contract/backbone.js'
import { DataError } from '../src/contract/errors.js'
import type { PreprocessingLoader } from '../src/model/model-from.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import { random } from '../src/kit/random.js'

/** Columns of the features. */
export const tinyFeatureSize = 8

/**
 * A real backbone, small enough to be made anew in each test: the sum of a text's letter embeddings, then one dense
 * layer. 288 weights that nobody trained.
 */
export function tinyBackbone({ seed = 1 } = {}): TunableBackbone<string> {
  const network = tinyNetwork(seed)
  return networkBackbone({ id: 'tiny', modality: 'text', network, preprocessing: letters(), threads: 1 })
}

function tinyNetwork(seed: number): Network {
  const { uniform } = random(seed)
  const weights = (rows: number, columns: number) =>
    float32(
      [rows, columns],
      Float32Array.from({ length: rows * columns }, () => uniform() - 0.5),
    )
  const table = weights(alphabet.length + 1, 8)
  // Row 0 is the padding's, which adds nothing to a sum.
  table.data.fill(0, 0, 8)
  const g = new GraphBuilder('tiny')
  const ids = g.input('letters', 'int64', ['batch', 'length'])
  const vectors = g.op('Gather', [g.weight('table', table), ids])
  const sum = g.op('ReduceSum', [vectors, g.ints([1])], { keepdims: 0 }, { name: 'embedding' })
  const bias = float32([tinyFeatureSize], weights(1, tinyFeatureSize).data)
  const hidden = g.op('Gemm', [sum, g.weight('weight', weights(8, tinyFeatureSize)), g.weight('bias', bias)])
  g.output('encoding', g.op('Tanh', [hidden]), 'float32', ['batch', tinyFeatureSize])
  return {
    graph: g.build(),
    stages: [
      { name: 'embedding', output: 'embedding' },
      { name: 'dense', output: 'encoding' },
    ],
  }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz'
const alphabetName = 'alphabet.txt'
const wholeAlphabet: Uint8Array = new TextEncoder().encode(alphabet)

/** A text's letters by their place in an alphabet, from 1 on; other signs are left out. */
export function letters(file = wholeAlphabet, maxLetters = 64): Preprocessing<string, number[]> {
  const places = new Map([...new TextDecoder().decode(file)].map((letter, place) => [letter, place + 1]))
  return {
    id: lettersLoader.id,
    config: { maxLetters },
    files: new Map([[alphabetName, file]]),
    takes: { what: 'a text', is: (input) => typeof input === 'string' },
    contentKey: (text) => text,
    prepare: (text) => [...text.toLowerCase()].flatMap((letter) => places.get(letter) ?? []).slice(0, maxLetters),
    cost: (ids) => ids.length,
    collate(batch) {
      const length = Math.max(1, ...batch.map((ids) => ids.length))
      const padded = batch.flatMap((ids) => [...ids, ...Array<number>(length - ids.length).fill(0)])
      return { letters: int64([batch.length, length], padded) }
    },
  }
}

export const lettersLoader: PreprocessingLoader<string> = {
  id: 'letters/1',
  load({ maxLetters }, files) {
    const file = files.get(alphabetName)
    if (file && typeof maxLetters === 'number') return letters(file, maxLetters)
    throw new DataError('saved alphabet', `${alphabetName} and maxLetters`, 'something else', 'Train the model again.')
  },
}
