import { OptionError } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { float32, tensor } from '@headstart/onnx'
import * as tfl from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { UnknownOperatorError } from '../src/errors.js'
import { importTfjs } from '../src/import-tfjs.js'
import type { TfjsModel } from '../src/read-tfjs-model.js'
import { type RunOptions, runTfjs, type TfjsBackbone } from '../src/run-tfjs.js'
import type { TfjsBackend } from '../src/tfjs-runtime.js'
import { graphModel, placeholder } from './graph-model.js'
import { randomizeWeights, savedModel } from './layers-model.js'
import { numberRows } from './number-rows.js'
import { useBackend } from './original.js'

type Row = readonly number[]
const rows: readonly Row[] = [
  [0, 1, 2],
  [3, -1, 0.5],
  [-2, 0, 0],
  [1, 1, 1],
]

/** Running sums of a row times a matrix: ONNX has them, the importer does not. */
async function cumulative(): Promise<TfjsModel> {
  const nodes = [
    placeholder('row', 'float32', [-1, 3]),
    { name: 'sums', op: 'Cumsum', inputs: ['row', 'axis'], attributes: { exclusive: false, reverse: false } },
    { name: 'features', op: 'MatMul', inputs: ['sums', 'weight'] },
  ]
  const constants = { axis: tensor('int32', [], Int32Array.of(1)), weight: float32([3, 2], [1, 2, 3, 4, 5, 6]) }
  return (await graphModel(nodes, constants)).model
}

const running = async (options: Partial<RunOptions<Row, Row>> = {}, model?: TfjsModel): Promise<TfjsBackbone<Row>> =>
  runTfjs(model ?? (await cumulative()), {
    id: 'cumulative',
    modality: 'behavior',
    preprocessing: numberRows('row'),
    featureSize: 2,
    ...options,
  })

for (const backend of ['wasm', 'cpu'] as const) {
  testBackbone(`runTfjs on ${backend}`, { create: () => running({ backend }), inputs: rows })
}

/** Recurrent weights begin orthogonal by default, which plain tfjs-core cannot make. */
function setOrthogonal({ json }: TfjsModel): void {
  const { config } = json.modelTopology as { config: { layers: { config: Record<string, unknown> }[] } }
  Object.assign(config.layers[0]?.config ?? {}, {
    recurrent_initializer: { class_name: 'Orthogonal', config: { gain: 1 } },
  })
}

describe('runTfjs', () => {
  it.each(['wasm', 'cpu'] as const)('runs on %s what cannot be imported', async (backend) => {
    const model = await cumulative()
    expect(() => importTfjs(model)).toThrow(UnknownOperatorError)
    const { data } = await (await running({ backend }, model)).embed([[1, 2, 3]])
    // Sums 1, 3, 6.
    expect([...data]).toEqual([1 + 9 + 30, 2 + 12 + 36])
  })

  it('runs a Keras model, up to the layer asked for', async () => {
    await useBackend('cpu')
    const model = tfl.sequential({
      layers: [
        tfl.layers.lstm({ units: 4, inputShape: [3, 1], recurrentInitializer: 'zeros', name: 'lstm' }),
        tfl.layers.dense({ units: 2, name: 'dense' }),
      ],
    })
    randomizeWeights(model)
    const saved = await savedModel(model)
    setOrthogonal(saved)
    expect(() => importTfjs(saved)).toThrow('LSTM layer (node "lstm")')
    const input = model.inputNames[0] ?? ''
    const preprocessing = {
      ...numberRows(input),
      collate: (batch: readonly Row[]) => ({ [input]: float32([batch.length, 3, 1], batch.flat()) }),
    }
    const whole = await running({ preprocessing, backend: 'cpu' }, saved)
    const hidden = await running({ preprocessing, backend: 'cpu', output: 'lstm', featureSize: 4 }, saved)
    const [kernel, bias] = model.getLayer('dense').getWeights()
    const state = await hidden.embed(rows)
    const features = await whole.embed(rows)
    const [w, b] = [kernel?.dataSync() ?? [], bias?.dataSync() ?? []]
    const first = [0, 1, 2, 3].reduce(
      (sum, unit) => sum + (state.data[unit] as number) * Number(w[2 * unit]),
      Number(b[0]),
    )
    expect(features.data[0]).toBeCloseTo(first, 5)
  })

  it('runs loops, which TensorFlow.js executes asynchronously', async () => {
    // Numbers that differ: how many there are is known only when it runs.
    const nodes = [
      placeholder('row', 'float32', [-1, 3]),
      { name: 'flat', op: 'Reshape', inputs: ['row', 'three'] },
      { name: 'different', op: 'Unique', inputs: ['flat'] },
      { name: 'largest', op: 'Max', inputs: ['different', 'axis'], attributes: { keep_dims: true } },
    ]
    const constants = { three: tensor('int32', [1], Int32Array.of(3)), axis: tensor('int32', [1], Int32Array.of(0)) }
    const { model } = await graphModel(nodes, constants)
    const backbone = await running({ featureSize: 1, batchCost: 1, output: 'largest', backend: 'cpu' }, model)
    expect([...(await backbone.embed(rows)).data]).toEqual([2, 3, 0, 1])
  })

  it('knows models, outputs, preprocessing and backends apart by their fingerprints', async () => {
    const model = await cumulative()
    const heavier = { ...model, weights: new Map(model.weights).set('weight', float32([3, 2], [1, 2, 3, 4, 5, 7])) }
    const fingerprints = await Promise.all([
      running({}, model),
      running({}, heavier),
      running({ output: 'features' }, model),
      running({ preprocessing: { ...numberRows('row'), id: 'number-rows/2' } }, model),
      running({ backend: 'cpu' }, model),
    ])
    expect(new Set(fingerprints.map(({ fingerprint }) => fingerprint)).size).toBe(5)
    expect((await running({}, await cumulative())).fingerprint).toBe(fingerprints[0]?.fingerprint)
  })

  it('refuses an output of another size, and one that is not there', async () => {
    await expect((await running({ featureSize: 3 })).embed(rows)).rejects.toThrow(
      'expected 3 features for each of 4 inputs',
    )
    const model = await savedModel(tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] }))
    await expect(running({ output: 'elsewhere' }, model)).rejects.toThrow(OptionError)
  })

  it('frees what it allocates', async () => {
    const { memory } = await import('@tensorflow/tfjs-core')
    const backbone = await running({ backend: 'wasm' })
    await backbone.embed(rows)
    const { numTensors } = memory()
    await backbone.embed(rows)
    expect(memory().numTensors).toBe(numTensors)
  })
})

describe('what executes it', () => {
  /** Loads what is installed, and stands in for the native package, which is not. */
  const loading =
    (installed: readonly string[], loaded: string[] = []) =>
    async (name: string): Promise<unknown> => {
      loaded.push(name)
      if (!installed.includes(name)) throw new Error(`Cannot find package '${name}'`)
      if (name !== '@tensorflow/tfjs-node') return import(name)
      const [tf, converter] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-converter')])
      return { ...tf, ...converter, getBackend: () => 'tensorflow' }
    }
  const wasm = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-converter', '@tensorflow/tfjs-backend-wasm']
  const cpu = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-converter', '@tensorflow/tfjs-backend-cpu']

  it.each<{ what: string; installed: string[]; backend: TfjsBackend; notice: string }>([
    {
      what: 'the native library',
      installed: ['@tensorflow/tfjs-node', ...wasm],
      backend: 'node',
      notice: 'on its backend "node".',
    },
    { what: 'WebAssembly', installed: [...wasm, ...cpu], backend: 'wasm', notice: '@tensorflow/tfjs-node is faster' },
    { what: 'plain JavaScript', installed: cpu, backend: 'cpu', notice: 'It is slow: @tensorflow/tfjs-backend-wasm' },
  ])('is $what where that is the fastest installed, and it is said', async ({ installed, backend, notice }) => {
    const notices: string[] = []
    const backbone = await running({ load: loading(installed), onNotice: (one) => notices.push(one) })
    expect(backbone.backend).toBe(backend)
    expect(notices).toEqual([expect.stringContaining(notice)])
  })

  it('is the one asked for, and nothing else is loaded', async () => {
    const loaded: string[] = []
    const backbone = await running({ backend: 'cpu', load: loading([...wasm, ...cpu], loaded) })
    expect(backbone.backend).toBe('cpu')
    expect(loaded).toEqual(cpu)
  })

  it('is missed by name where nothing is installed', async () => {
    await expect(running({ load: loading([]) })).rejects.toMatchObject({
      name: 'MissingPackageError',
      message: expect.stringContaining(`npm install ${wasm.join(' ')}`),
    })
    await expect(running({ backend: 'node', load: loading(wasm) })).rejects.toThrow('npm install @tensorflow/tfjs-node')
  })
})
