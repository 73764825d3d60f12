import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOnnx } from '@headstart/onnx'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cocoSsd } from './coco-ssd.js'
import { saveModel } from './layers-model.js'
import { useBackend } from './original.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const { resolve } = createRequire(import.meta.url)
const tsc = join(dirname(resolve('typescript/package.json')), 'bin/tsc')

describe('the examples in the README', () => {
  let folder: string

  beforeAll(async () => {
    const readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/tfjs` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    expect(examples).toHaveLength(2)
    await writeFile(join(folder, 'import.ts'), examples[0] ?? '')
    await writeFile(join(folder, 'run.ts'), examples[1] ?? '')
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }')
    await cp(dirname(cocoSsd.path), join(folder, 'detector'), { recursive: true })
    await useBackend('cpu')
    await mkdir(join(folder, 'sensor'))
    await saveModel(sensor(), join(folder, 'sensor'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const node = (...args: string[]) =>
    spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HEADSTART_CACHE: join(folder, 'cache'), NO_COLOR: '1' },
    })

  it('compile', () => {
    const { stdout, status } = node(tsc, '--project', folder)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('import a network and write it as ONNX', async () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'import.ts')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toBe('[ 1, 1280, 7, 7 ]\n')
    const graph = await readOnnx(join(folder, 'mobilenet.onnx'))
    expect(graph.outputs).toEqual([{ name: cocoSsd.features, type: 'float32', dims: ['batch', 1280, '', ''] }])
  })

  it('train on features that TensorFlow.js computes', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'run.ts')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('backbone "sensor" is executed by TensorFlow.js on its backend "wasm".')
    expect(stdout).toMatch(/label: 'rising'[^]*label: 'falling'/)
  })
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
