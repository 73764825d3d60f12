/** A toy domain: numbers in rows, such as 5.1,3.5,1.4. All that Headstart needs to know of it, and nothing more. */
import { readFile } from 'node:fs/promises'
import {
  dataset,
  InputError,
  loadModel,
  type Preprocessing,
  type PreprocessingLoader,
  type Target,
} from '@headstart/core'
import { backboneLearner, examplesTask, networkBackbone } from '@headstart/core/kit'
import { float32, GraphBuilder } from '@headstart/onnx'
import { z } from 'zod'

type Row = readonly number[]

/** Numbers of one row. */
const width = 3

const rows: Preprocessing<Row, Row> = {
  id: 'number-rows/1',
  config: {},
  files: new Map(),
  contentKey: (row) => row.join(),
  prepare(row) {
    if (row.length === width && row.every(Number.isFinite)) return row
    throw new InputError(`"${row.join()}"`, `${width} numbers`, `${row.length}`, 'Give as many.')
  },
  cost: () => 1,
  collate: (batch) => ({ row: float32([batch.length, width], batch.flat()) }),
}
const loader: PreprocessingLoader<Row> = { id: rows.id, load: () => rows }

/** "Pre-trained": it knows that what matters is how large numbers are together. */
function sums() {
  const g = new GraphBuilder('sums')
  const row = g.input('row', 'float32', ['batch', width])
  const weight = g.weight('weight', float32([width, 2], [1, 0.1, 1, -0.1, 1, 0.2]))
  const hidden = g.op('MatMul', [row, weight], {}, { name: 'hidden' })
  g.output('features', g.op('Tanh', [g.op('Mul', [hidden, g.scalar(0.2)])]), 'float32', ['batch', 2])
  const stages = [
    { name: 'sum', output: 'hidden' },
    { name: 'squash', output: 'features' },
  ]
  const network = { graph: g.build(), stages }
  return networkBackbone({ id: 'sums', modality: 'numbers', network, preprocessing: rows })
}

export const numberTask = examplesTask({
  name: 'numbers',
  dataHelp: 'a file with a label and three numbers a line',
  example: '1,2,3',
  modality: 'numbers',
  query: z.union([
    z.array(z.number()),
    z.string().transform((text): Row => text.split(',').map(Number)),
  ]) as z.ZodType<Row>,
  reading: z.object({ separator: z.string().default(',').describe('what stands between the numbers of a line') }),
  async read(path, { separator }) {
    const lines = (await readFile(path, 'utf8')).trim().split('\n')
    const cells = lines.map((line) => line.split(separator))
    return dataset<Row, Target>(cells.map(([label = '', ...row]) => ({ input: row.map(Number), label })))
  },
  networks: {
    listed: [{ id: 'sums', features: 2, stages: 2, license: 'Apache-2.0', description: 'sums of three numbers' }],
    parts: [],
    open: async () => sums(),
  },
  noTransfer: backboneLearner<Row>({
    name: 'no-transfer',
    description: 'the first number alone',
    keep: 'never',
    backbone: () => ({
      id: 'first',
      modality: 'numbers',
      featureSize: 1,
      fingerprint: '1',
      contentKey: (row) => row.join(),
      embed: async (all) => ({ rows: all.length, columns: 1, data: Float32Array.from(all, ([first = 0]) => first) }),
    }),
  }),
  zeroShotNeeds: 'a network that reads names',
  load: (files) => loadModel<Row, Target>(files, [loader]),
})
