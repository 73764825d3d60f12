/** A toy domain: texts, of which a network knows how long they are and how many vowels they have. */
import {
  dataset,
  fineTune,
  InputError,
  loadModel,
  type Preprocessing,
  type PreprocessingLoader,
  type Target,
} from '@headstart/core'
import { backboneLearner, examplesTask, isTable, networkBackbone, readInputs } from '@headstart/core/kit'
import { float32, GraphBuilder } from '@headstart/onnx'
import { z } from 'zod'

const letters: Preprocessing<string, readonly number[]> = {
  id: 'letters/1',
  config: {},
  files: new Map(),
  takes: { what: 'a text', is: (input) => typeof input === 'string' },
  contentKey: (text) => text,
  prepare(text) {
    if (text.startsWith('bad')) throw new InputError(JSON.stringify(text), 'a good text', 'a bad one', 'Better it.')
    // No error that is foreseen.
    if (text.startsWith('poison')) throw new TypeError('poison')
    return [text.length, text.replace(/[^aeiou]/g, '').length, 1]
  },
  cost: () => 1,
  collate: (batch) => ({ row: float32([batch.length, 3], batch.flat()) }),
}
const loader: PreprocessingLoader<string> = { id: letters.id, load: () => letters }

/** @param weight Another is another network. */
export function lettersBackbone(weight = 0.1) {
  const g = new GraphBuilder('letters')
  const row = g.input('row', 'float32', ['batch', 3])
  const hidden = g.op(
    'MatMul',
    [row, g.weight('weight', float32([3, 2], [weight, 0, 0, 0.2, 0.1, 0.1]))],
    {},
    { name: 'hidden' },
  )
  g.output('features', g.op('Tanh', [hidden]), 'float32', ['batch', 2])
  const stages = [
    { name: 'sum', output: 'hidden' },
    { name: 'squash', output: 'features' },
  ]
  return networkBackbone({
    id: 'letters',
    modality: 'letters',
    network: { graph: g.build(), stages },
    preprocessing: letters,
  })
}

/** @param weight Of its network. */
export const lettersTask = (weight?: number) =>
  examplesTask({
    name: 'letters',
    dataHelp: 'a table',
    example: 'abc',
    modality: 'letters',
    query: z.string(),
    reading: z.object({ textColumn: z.string().optional() }),
    read: async () => examples,
    queries: {
      holds: isTable,
      apart: true,
      read: (path, { textColumn, ...options }) =>
        readInputs(path, { role: 'text', usualNames: [], named: textColumn }, options),
    },
    networks: {
      listed: [{ id: 'letters', features: 2, stages: 2, license: 'Apache-2.0', description: 'letters' }],
      parts: [],
      open: async () => lettersBackbone(weight),
    },
    noTransfer: backboneLearner<string>({
      name: 'none',
      description: 'none',
      keep: 'never',
      backbone: () => lettersBackbone(),
    }),
    zeroShotNeeds: 'a network that reads names',
    load: (files) => loadModel<string, Target>(files, [loader]),
  })

const examples = dataset<string, Target>(
  Array.from({ length: 40 }, (_, number) => ({
    input: (number % 2 === 0 ? 'a' : 'b').repeat(1 + (number % 7)),
    label: number % 2 === 0 ? 'vowels' : 'none',
  })),
)

/** A model of it, saved in a folder. */
export async function saveLettersModel(folder: string): Promise<void> {
  const model = await fineTune(lettersBackbone(), examples, { cache: false })
  await model.save(folder)
  await model.close()
}
