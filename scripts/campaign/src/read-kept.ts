import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Dataset, FeatureCache, fineTune } from '@headstart/core'
import type { Random } from '@headstart/core/kit'
import { transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { mutated } from './mutate.js'
import { encoded, type Reader } from './reader.js'

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** What Headstart itself keeps on the disk. */
export const keptReaders: readonly Reader[] = [
  {
    name: 'feature cache',
    async begin(folder) {
      const keys = Array.from({ length: 20 }, (_, place) => sha256(String(place)))
      const first = await FeatureCache.open({ directory: folder })
      const space = await first.namespace('any')
      for (const key of keys)
        await space.set(
          key,
          Float32Array.from({ length: 16 }, (_, place) => place),
        )
      await first.flush()
      const [inner = ''] = await readdir(folder)
      const [segment = ''] = await readdir(join(folder, inner))
      const path = join(folder, inner, segment)
      const content = await readFile(path)
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        const found = await (await (await FeatureCache.open({ directory: folder })).namespace('any')).getMany(keys)
        // A damaged entry is a missing one: never other numbers.
        for (const values of found)
          if (values?.some((value, place) => value !== place)) throw new RangeError('other features')
      }
    },
  },
  {
    name: 'checkpoint',
    async begin(folder) {
      const file = join(folder, 'checkpoint')
      const data = new Dataset(
        Array.from({ length: 8 }, (_, row) => ({ input: `food ${row}`, label: row % 2 ? 'bad' : 'good' })),
      )
      await writeFiles(folder, bertFiles())
      const backbone = await transformersBackbone(folder)
      // Ended after its first epoch, behind which there is another.
      const tune = async (resume: boolean, signal?: AbortController) =>
        fineTune(backbone, data, {
          unfreeze: 1,
          epochs: 2,
          seed: 0,
          cache: false,
          validation: 0.25,
          checkpoint: { file, seconds: 0 },
          resume,
          signal: signal?.signal,
          onEvent: (event) => event.type === 'epoch' && signal?.abort(),
        })
      await tune(false, new AbortController()).catch(() => undefined)
      const whole = await readFile(file)
      const start = whole.indexOf('\n') + 1
      const head = whole.toString('latin1', 0, start).slice(0, -65)
      return async (chance) => {
        const kind = chance.below(3)
        if (kind === 0) await writeFile(file, mutated(whole, chance))
        else {
          // With a hash that is right: as somebody makes it on purpose.
          const content = whole.subarray(start)
          const other = kind === 1 ? mutated(content, chance) : elsewhere(content, chance)
          await writeFile(file, Buffer.concat([Buffer.from(`${head}${sha256(other)}\n`, 'latin1'), other]))
        }
        await (await tune(true)).close()
      }
    },
  },
]

/** A checkpoint that says it is somewhere else. */
function elsewhere(content: Uint8Array, chance: Random): Uint8Array {
  const graph = decodeModel(content)
  const position = Buffer.from(mutated(encoded(graph.metadata.get('position') ?? ''), chance)).toString()
  return encodeModel(graph.with({ metadata: new Map([...graph.metadata, ['position', position]]) }))
}
