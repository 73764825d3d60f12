import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { float32, type Tensor } from '@headstart/onnx'

interface WeightsManifest {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[]
    readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[]
  }[]
}

/** The float32 weights of a TensorFlow.js model file by name: all shards of a group joined, tensors one after the other. */
export function readTfjsWeights(modelJson: string): ReadonlyMap<string, Tensor<'float32'>> {
  const { weightsManifest } = JSON.parse(readFileSync(modelJson, 'utf8')) as WeightsManifest
  const tensors = new Map<string, Tensor<'float32'>>()
  for (const { paths, weights } of weightsManifest) {
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(dirname(modelJson), path))))
    let offset = 0
    for (const { name, shape, dtype } of weights) {
      const count = shape.reduce((product, size) => product * size, 1)
      // Every element type in this model is four bytes wide.
      const end = offset + count * 4
      if (dtype === 'float32') {
        tensors.set(name, float32(shape, new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + end))))
      }
      offset = end
    }
    if (offset !== bytes.length) throw new RangeError(`${modelJson}: its weights take ${offset} bytes, the shards have ${bytes.length}`)
  }
  return tensors
}
