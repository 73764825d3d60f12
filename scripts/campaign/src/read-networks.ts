import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { readOnnx, Session } from '@headstart/onnx'
import { decodeTfjsModel, importTfjs, importTflite } from '@headstart/tfjs'
import { teachableMachine } from '@headstart/vision'
import { teachableMachineFiles } from '@headstart/vision/test'
import { grayPicture } from './gray-picture.js'
import { mutated } from './mutate.js'
import { encoded, type Reader } from './reader.js'
import { savedModels } from './saved-models.js'

/** Networks of others, in each format that is read. */
export const networkReaders: readonly Reader[] = [
  {
    name: 'ONNX file',
    async begin(folder) {
      const content = await readFile(join(savedModels.text, 'model.onnx'))
      const path = join(folder, 'model.onnx')
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        const graph = await readOnnx(path)
        await (await Session.create(graph, { threads: 1 })).close()
      }
    },
  },
  {
    name: 'published encoder',
    async begin(folder) {
      const files = Object.entries(bertFiles()).filter(([name]) => name.endsWith('.json'))
      await writeFiles(folder, bertFiles())
      return async (chance) => {
        const [name, content] = files[chance.below(files.length)] as [string, object]
        const bytes = encoded(JSON.stringify(content))
        await writeFile(join(folder, name), mutated(bytes, chance))
        try {
          const backbone = await transformersBackbone(folder)
          await backbone.embed(['The food was good.'])
          await backbone.close?.()
        } finally {
          await writeFile(join(folder, name), bytes)
        }
      }
    },
  },
  {
    name: 'TensorFlow.js model',
    async begin() {
      const node = (name: string, op: string, input: string[], attr: object) => ({ name, op, input, attr })
      const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } })
      const json = {
        format: 'graph-model',
        modelTopology: {
          node: [
            node('x', 'Placeholder', [], { dtype: { type: 'DT_FLOAT' }, shape: dims(-1, 4) }),
            node('w', 'Const', [], {
              dtype: { type: 'DT_FLOAT' },
              value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '4' }, { size: '2' }] } } },
            }),
            node('y', 'MatMul', ['x', 'w'], { transpose_a: { b: false }, transpose_b: { b: false } }),
          ],
        },
        weightsManifest: [{ paths: ['shard'], weights: [{ name: 'w', shape: [4, 2], dtype: 'float32' }] }],
      }
      const text = encoded(JSON.stringify(json))
      const shard = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer)
      return async (chance) => {
        const isJson = chance.below(4) > 0
        const model = await decodeTfjsModel(
          'a damaged model',
          Buffer.from(isJson ? mutated(text, chance) : text).toString(),
          async () => (isJson ? shard : mutated(shard, chance)),
        )
        return importTfjs(model)
      }
    },
  },
  {
    name: 'project of Teachable Machine',
    async begin() {
      const files = Object.entries(teachableMachineFiles()).map(
        ([name, content]) =>
          [name, content instanceof Uint8Array ? content : encoded(JSON.stringify(content))] as const,
      )
      return async (chance) => {
        const which = chance.below(files.length)
        const damaged = new Map(files.map(([name, bytes], at) => [name, at === which ? mutated(bytes, chance) : bytes]))
        const { model } = await teachableMachine({ name: 'a damaged project', read: async (name) => damaged.get(name) })
        await model.predict(grayPicture(32, 90))
        await model.close()
      }
    },
  },
  {
    name: 'TensorFlow Lite model',
    async begin() {
      const content = await readFile(new URL('../fixtures/dense.tflite', import.meta.url))
      return async (chance) => importTflite(mutated(content, chance))
    },
  },
]
