import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@headstart/onnx/test'
import { Session, type Tensors } from '@headstart/onnx'
import { cut, definedValues, extract, validate } from '@headstart/onnx/kit'
import { expect } from 'vitest'
import type { Preprocessing } from '../contract/backbone.js'
import { linearHead } from '../head/head.js'
import { loadModel } from '../model/load-model.js'
import { graphName, manifestName } from '../model/manifest.js'
import { rowOf } from '../contract/matrix.js'
import { Model } from '../model/model.js'
import { keysOf } from './backbone-checks.js'
import type { Check, TunableSubject } from './backbone-subject.js'

/** What every `TunableBackbone` keeps besides, by the sentence that says it. */
export const networkChecks = {
  async 'has a valid graph that puts out the features alone'({ backbone: { network, featureSize } }) {
    validate(network.graph)
    expect(network.graph.outputs.map(({ dims }) => [dims?.length, dims?.at(-1)])).toEqual([[2, featureSize]])
  },

  async 'has named stages that follow one another to the features'({ backbone: { network } }) {
    const { graph, stages } = network
    const names = stages.map(({ name }) => name)
    const outputs = stages.map(({ output }) => output)
    expect(
      names.filter((name) => name.trim() === ''),
      'stages without a name',
    ).toEqual([])
    expect(new Set(names).size, 'distinct names').toBe(stages.length)
    expect(new Set(outputs).size, 'distinct outputs').toBe(stages.length)
    expect(outputs.at(-1), 'output of the last stage').toBe(graph.outputs[0]?.name)
    const inputs = graph.inputs.map(({ name }) => name)
    for (const [index, { name, output }] of stages.entries()) {
      const upToHere = definedValues(extract(graph, inputs, [output]))
      const before = outputs[index - 1]
      if (before !== undefined) expect(upToHere, `values up to stage "${name}"`).toContain(before)
    }
  },

  async 'prepares the tensors that the graph takes'({ backbone, inputs }) {
    const { graph } = backbone.network
    for (const batch of [inputs, inputs.slice(0, 1)]) {
      const feeds = await feedsOf(backbone.preprocessing, batch)
      const types = Object.fromEntries(Object.entries(feeds).map(([name, { type }]) => [name, type]))
      expect(types).toEqual(Object.fromEntries(graph.inputs.map(({ name, type }) => [name, type])))
      for (const [name, { dims }] of Object.entries(feeds)) expect(dims[0], `rows of "${name}"`).toBe(batch.length)
    }
    const costs = await Promise.all(
      inputs.map(async (input) => backbone.preprocessing.cost(await backbone.preprocessing.prepare(input))),
    )
    expect(
      costs.filter((cost) => !(cost >= 0 && Number.isFinite(cost))),
      'costs below 0 or not finite',
    ).toEqual([])
  },

  async 'gives the same features when its graph is run by itself'({ backbone, inputs, atol }) {
    const session = await Session.create(backbone.network.graph)
    const features = Object.values(await session.run(await feedsOf(backbone.preprocessing, inputs)))[0]
    await session.close()
    expect(features?.data as Float32Array).toBeAllclose((await backbone.embed(inputs)).data, { atol })
  },

  async 'gives the same features in two parts, cut after any stage'({ backbone, inputs, atol }) {
    const { graph, stages } = backbone.network
    const expected = await backbone.embed(inputs)
    const feeds = await feedsOf(backbone.preprocessing, inputs)
    for (const { name, output } of stages.slice(0, -1)) {
      const { prefix, suffix } = cut(graph, [output])
      const cutFeatures = await runPart(prefix, feeds)
      expect(
        suffix.inputs.map((input) => input.name),
        `what is needed after stage "${name}"`,
      ).toContain(output)
      const features = Object.values(await runPart(suffix, { ...feeds, ...cutFeatures }))[0]?.data
      expect(features as Float32Array, `features, cut after stage "${name}"`).toBeAllclose(expected.data, { atol })
    }
  },

  async 'describes its preprocessing as data, from which it is made again'({ backbone, loader, inputs }) {
    const { id, config, files } = backbone.preprocessing
    expect(loader.id, 'id of the loader').toBe(id)
    expect(JSON.parse(JSON.stringify(config)), 'settings, as JSON').toEqual(config)
    for (const name of files.keys()) {
      expect(name, 'name of a file').toMatch(/^(?!\.{1,2}$)[^/\\]+$/)
      expect([graphName, manifestName], 'names that are taken').not.toContain(name)
    }
    const copies = new Map([...files].map(([name, bytes]) => [name, bytes.slice()]))
    const again = await loader.load(JSON.parse(JSON.stringify(config)), copies)
    expect(again).toMatchObject({ id, config })
    expect(new Map(again.files)).toEqual(copies)
    expect(await keysOf(again, inputs)).toEqual(await keysOf(backbone, inputs))
    expect(await feedsOf(again, inputs)).toEqual(await feedsOf(backbone.preprocessing, inputs))
  },

  async 'is the same after it was saved in a model'({ backbone, loader, inputs, atol }) {
    const folder = await mkdtemp(join(tmpdir(), 'headstart-backbone-'))
    try {
      const weight = Float64Array.from({ length: backbone.featureSize }, (_, column) => Math.cos(column))
      const model = new Model<unknown, number>({
        backbone,
        head: linearHead('regression', [], { weight, bias: Float64Array.of(0.5) }),
        recipe: { strategy: 'head', seed: 0, l2: 1, folds: 0, classWeight: 'none' },
        training: { examples: 1, totals: [0] },
      })
      await model.save(join(folder, 'model'))
      const loaded = await loadModel<unknown, number>(join(folder, 'model'), [loader])
      const { id, modality, featureSize, fingerprint } = backbone
      const { stages } = backbone.network
      expect(loaded.backbone).toMatchObject({ id, modality, featureSize, fingerprint, network: { stages } })
      const [before, after] = [await backbone.embed(inputs), await loaded.backbone.embed(inputs)]
      for (const row of inputs.keys()) expect(rowOf(after, row)).toBeAllclose(rowOf(before, row), { atol })
      expect(await loaded.predict(inputs)).toEqual(
        (await model.predict(inputs)).map(({ value }) => ({ value: expect.closeTo(value, 4) })),
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
} satisfies Record<string, Check<TunableSubject>>

/** Input tensors for a batch of raw inputs. */
async function feedsOf<Input>(preprocessing: Preprocessing<Input>, inputs: readonly Input[]): Promise<Tensors> {
  return preprocessing.collate(await Promise.all(inputs.map((input) => preprocessing.prepare(input))))
}

/** Runs a part of a network on those of the tensors that it takes. */
async function runPart(part: Parameters<typeof Session.create>[0], tensors: Tensors): Promise<Tensors> {
  const session = await Session.create(part)
  try {
    return await session.run(
      Object.fromEntries(Object.entries(tensors).filter(([name]) => part.inputs.some((input) => input.name === name))),
    )
  } finally {
    await session.close()
  }
}
