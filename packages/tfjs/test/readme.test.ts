import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readOnnx } from '@headstart/onnx'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'
import { cocoSsd } from './coco-ssd.js'
import { saveModel } from './layers-model.js'
import { useBackend } from './original.js'
import { tfliteModel } from './tflite-model.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['import', 'tflite', 'run'])
    await cp(dirname(cocoSsd.path), join(examples.folder, 'detector'), { recursive: true })
    await writeFile(join(examples.folder, 'encoder.tflite'), encoder)
    await useBackend('cpu')
    await mkdir(join(examples.folder, 'sensor'))
    await saveModel(sensor(), join(examples.folder, 'sensor'))
  })
  afterAll(() => examples.remove())

  it('compile', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('import a network and write it as ONNX', async () => {
    const { stdout, stderr, status } = examples.run('import')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toBe('[ 1, 1280, 7, 7 ]\n')
    const graph = await readOnnx(join(examples.folder, 'mobilenet.onnx'))
    expect(graph.outputs).toEqual([{ name: cocoSsd.features, type: 'float32', dims: ['batch', 1280, '', ''] }])
  })

  it('import a network of TensorFlow Lite', () => {
    const { stdout, stderr, status } = examples.run('tflite')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toBe("[ 'batch', 8, '', '' ]\n")
  })

  it('train on features that TensorFlow.js computes', () => {
    const { stdout, stderr, status } = examples.run('run')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('backbone "sensor" is executed by TensorFlow.js on its backend "wasm".')
    expect(stdout).toMatch(/label: 'rising'[^]*label: 'falling'/)
  })
})

/** One convolution of pictures of 8 x 8 pixels. */
const encoder = tfliteModel({
  tensors: [
    { name: 'pixels', shape: [1, 8, 8, 3] },
    { name: 'kernel', shape: [8, 3, 3, 3], data: new Uint8Array(8 * 27 * 4) },
    { name: 'bias', shape: [8], data: new Uint8Array(8 * 4) },
    { name: 'features', shape: [1, 4, 4, 8] },
  ],
  operators: [
    {
      name: 'CONV_2D',
      inputs: ['pixels', 'kernel', 'bias'],
      outputs: ['features'],
      options: [1, [{ int8: 0 }, { int32: 2 }, { int32: 2 }]],
    },
  ],
  inputs: ['pixels'],
  outputs: ['features'],
})

/** Two layers over series of ten numbers, not trained: even so an LSTM tells rising from falling. */
function sensor(): tfl.LayersModel {
  const series = tfl.input({ shape: [10, 1], name: 'series' })
  const memory = tfl.layers.lstm({
    units: 8,
    kernelInitializer: tfl.initializers.glorotNormal({ seed: 1 }),
    recurrentInitializer: tfl.initializers.glorotNormal({ seed: 2 }),
    name: 'memory',
  })
  const forecast = tfl.layers.dense({ units: 1, kernelInitializer: tfl.initializers.glorotNormal({ seed: 3 }) })
  return tfl.model({ inputs: series, outputs: forecast.apply(memory.apply(series)) as tfl.SymbolicTensor })
}
