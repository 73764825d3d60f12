import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { shopOf, smallLists } from './small-shop.js'
import { folderOf } from './temporary-folder.js'
import { recommenderMethods } from '../src/methods/recommender-methods.js'
import { loadRecommender } from '../src/model/load-recommender.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { trainRecommender } from '../src/learners/train-recommender.js'

let model: RecommenderModel
beforeAll(async () => {
  model = await trainRecommender(shopOf(smallLists))
})

/** The model in a folder of its own. */
async function saved(one = model): Promise<string> {
  const folder = join(await folderOf({}), 'model')
  await one.save(folder)
  return folder
}

const contents = async (folder: string) =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const),
    ),
  )

describe('a saved recommender', () => {
  it.each(recommenderMethods.map((method) => [method.name, method] as const))(
    'gives the same lists when it is loaded again: %s',
    async (_, method) => {
      const trained = await trainRecommender(shopOf(smallLists), { methods: [method] })
      const loaded = await loadRecommender(await saved(trained))
      for (const history of [[], ['007'], ['🎁', 'a,b', 'say "hi"']]) {
        expect(await loaded.recommend(history, { explain: true })).toEqual(
          await trained.recommend(history, { explain: true }),
        )
      }
      const { recipe, training, validation, catalog } = loaded
      expect({ recipe, training, validation, items: catalog.items }).toEqual({
        recipe: trained.recipe,
        training: trained.training,
        validation: trained.validation,
        items: trained.catalog.items,
      })
    },
  )

  it('gives the same lists when nothing is known of times', async () => {
    const { interactions, ...shop } = shopOf(smallLists)
    const time = Float64Array.from(interactions.time.keys())
    const methods = recommenderMethods.filter(({ name }) => name === 'frozen')
    const trained = await trainRecommender(
      { ...shop, interactions: { ...interactions, time, clock: 'order' } },
      { methods },
    )
    const loaded = await loadRecommender(await saved(trained))
    for (const { id } of trained.catalog.items)
      expect(await loaded.recommend([id, 'i5'])).toEqual(await trained.recommend([id, 'i5']))
  })

  it('is the same bytes for the same data and seed, and when it is saved again', async () => {
    const first = await contents(await saved())
    expect(Object.keys(first)).toEqual(expect.arrayContaining(['headstart.json', 'items.jsonl', 'numbers.bin']))
    expect(await contents(await saved(await trainRecommender(shopOf(smallLists))))).toEqual(first)
    expect(await contents(await saved(await loadRecommender(await saved())))).toEqual(first)
  })

  it('holds the items that came later', async () => {
    const loaded = await loadRecommender(await saved(model.withItems([{ id: 'new', title: 'lamp z' }])))
    expect((await loaded.recommend(['007'], { k: 20 })).map(({ item }) => item.id)).toContain('new')
  })

  it('says nothing of single users', async () => {
    const folder = await saved()
    for (const name of await readdir(folder)) expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/u\d+"/)
  })

  it('replaces an older one as a whole, and nothing else', async () => {
    const folder = await saved()
    await model.save(folder)
    expect(await contents(folder)).toEqual(await contents(await saved()))
    const other = await folderOf({ 'cat.jpg': 'x' })
    await expect(model.save(other)).rejects.toThrow(
      'expected a new folder, or one with a model to replace, got a folder with cat.jpg',
    )
  })

  it('needs a recommender with a state', async () => {
    const stateless = Object.assign(Object.create(Object.getPrototypeOf(model)), model, {
      recommender: { name: 'own', score: () => new Float32Array(12) },
    })
    await expect(saved(stateless)).rejects.toThrow('recommender "own": expected a state that can be saved, got none.')
  })
})

describe('loadRecommender refuses', () => {
  const edit = async (folder: string, change: (manifest: Record<string, unknown>) => object) => {
    const path = join(folder, 'headstart.json')
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>)))
  }
  /** As a newer version would write it: the hash fits. */
  const rewrite = (folder: string, change: (manifest: Record<string, unknown>) => object) =>
    edit(folder, (signed) => {
      const { integrity: _, ...manifest } = signed
      const other = change(manifest)
      return { ...other, integrity: createHash('sha256').update(JSON.stringify(other)).digest('hex') }
    })
  it.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    [
      'a missing folder',
      (folder) => rm(folder, { recursive: true }),
      /expected a model folder .*, got nothing of that name/,
    ],
    [
      'a folder of something else',
      async (folder) => {
        await rm(folder, { recursive: true })
        await mkdir(folder)
        await writeFile(join(folder, 'a.txt'), '')
      },
      /got a folder with a\.txt/,
    ],
    [
      'numbers that are cut short',
      (folder) => truncate(join(folder, 'numbers.bin'), 8),
      /expected numbers\.bin as it was saved .* got other contents/,
    ],
    [
      'numbers that are gone',
      (folder) => rm(join(folder, 'numbers.bin')),
      /expected the file numbers\.bin, got no such file/,
    ],
    [
      'items that were edited',
      (folder) => writeFile(join(folder, 'items.jsonl'), '{"id":"x"}\n'),
      /expected items\.jsonl as it was saved/,
    ],
    [
      'a manifest that is cut short',
      (folder) => truncate(join(folder, 'headstart.json'), 40),
      /got a file that is cut short or no JSON/,
    ],
    [
      'settings that were edited',
      (folder) =>
        edit(folder, (manifest) => ({
          ...manifest,
          training: { users: 1, items: 1, interactions: 1, fingerprint: '' },
        })),
      /expected headstart\.json as it was saved/,
    ],
    [
      'a newer format',
      (folder) => edit(folder, (manifest) => ({ ...manifest, formatVersion: 9 })),
      /expected format version 1 or older, got version 9/,
    ],
    [
      'a method of a newer version',
      (folder) =>
        rewrite(folder, (manifest) => ({ ...manifest, recipe: { ...Object(manifest['recipe']), method: 'oracle' } })),
      /got field "recipe\.method": .*, written by a newer Headstart\. Update Headstart/,
    ],
    [
      'a recommender of a kind that a newer version has',
      (folder) =>
        rewrite(folder, (manifest) => ({ ...manifest, popular: { ...Object(manifest['popular']), kind: 'oracle' } })),
      /expected one of: .*, got oracle, written by a newer Headstart\. Update Headstart/,
    ],
    [
      'another kind of model',
      (folder) => edit(folder, (manifest) => ({ ...manifest, format: 'headstart-model' })),
      /expected a folder of the kind headstart-recommender, got one of the kind headstart-model/,
    ],
    [
      'a manifest with something missing',
      (folder) => edit(folder, (manifest) => ({ ...manifest, popular: undefined })),
      /headstart\.json of a model, got field "popular"/,
    ],
  ])('%s', async (_, spoil, message) => {
    const folder = await saved()
    const spoilt = `${folder}-spoilt`
    await cp(folder, spoilt, { recursive: true })
    await spoil(spoilt)
    await expect(loadRecommender(spoilt)).rejects.toThrow(message)
    await expect(loadRecommender(spoilt)).rejects.toMatchObject({ name: 'ModelFolderError' })
  })
})
