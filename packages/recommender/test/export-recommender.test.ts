import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportModel } from '@headstart/core'
import { DataError } from '@headstart/core/kit'
import { nearly } from '@headstart/core/test'
import { int64, readOnnx, Session } from '@headstart/onnx'
import { expect, it } from 'vitest'
import { loadRecommender } from '../src/index.js'
import { historyFromIds } from '../src/kit.js'
import { folderOf } from './temporary-folder.js'

const saved = (name: string): string => fileURLToPath(new URL(`fixtures/saved/${name}`, import.meta.url))

it('a sequence model is exported as one ONNX file, from histories to scores', async () => {
  await using model = await loadRecommender(saved('scratch'))
  const path = join(await folderOf({}), 'recommender.onnx')
  await exportModel(model, 'onnx', path)
  const graph = await readOnnx(path)
  const ids = JSON.parse(graph.metadata.get('headstart.labels') as string) as string[]
  expect(ids).toEqual(model.catalog.items.map(({ id }) => id))

  const histories = [
    [],
    ids.slice(0, 1),
    ids.slice(1, 4),
    Array.from({ length: 25 }, (_, i) => ids[i % ids.length] as string),
  ]
  const rows = histories.map((history) => {
    const numbers = history.slice(-20).map((id) => ids.indexOf(id) + 1)
    return [...Array.from({ length: 20 - numbers.length }, () => 0), ...numbers]
  })
  await using session = await Session.create(graph)
  const { scores } = await session.run({ history: int64([rows.length, 20], rows.flat()) })
  const expected = await Promise.all(
    histories.map(async (history) => [...(await model.recommender.score(historyFromIds(model.catalog, history)))]),
  )
  expect(Array.from(scores?.data as Float32Array)).toEqual(nearly(expected.flat(), 1e-5))
})

it('a recommender that is more than a network is refused before anything is written', async () => {
  const folder = await folderOf({})
  await using model = await loadRecommender(saved('ease-text'))
  const exporting = exportModel(model, 'onnx', join(folder, 'x.onnx'))
  await expect(exporting).rejects.toThrow(/expected a sequence model .*, got "ease-text", which scores by numbers/)
  await expect(exporting).rejects.toBeInstanceOf(DataError)
  await expect(exportModel(model, 'transformers', folder)).rejects.toThrow('expected onnx, got "transformers"')
  expect(readdirSync(folder)).toEqual([])
})
