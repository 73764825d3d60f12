import type { Graph, GraphParts } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { letters, lettersLoader, tinyBackbone } from '../../test/tiny-backbone.js'
import type { EmbedOptions, Network, Preprocessing, Stage, TunableBackbone } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import { backboneChecks, type Check, networkChecks, testBackbone, type TunableSubject } from './index.js'

const inputs = ['', 'a', 'Ninety-nine red balloons', 'on a summer evening in the year of the flood']

testBackbone('the tiny backbone', { create: tinyBackbone, inputs, loader: lettersLoader })

const { network: _, preprocessing: __, ...frozen } = tinyBackbone()
testBackbone('the tiny backbone without its graph', { create: () => frozen, inputs })

type Parts = Partial<TunableBackbone<string>>
type Subject = Partial<TunableSubject<string>>

/** The tiny backbone with some parts replaced. */
function made(parts: Parts): Subject {
  const backbone = { ...tinyBackbone(), ...parts }
  return { backbone, again: backbone }
}

/** The tiny backbone, its features spoilt in place or replaced. */
function spoilt(spoil: (features: Matrix, texts: string[]) => Matrix | void): Subject {
  return made({
    async embed(texts, options) {
      const features = await tinyBackbone().embed(texts, options)
      return spoil(features, texts as string[]) ?? features
    },
  })
}

function embedding(change: (options: EmbedOptions) => EmbedOptions): Subject {
  return made({ embed: (texts, options = {}) => tinyBackbone().embed(texts, change(options)) })
}

function withNetwork(change: (network: Network) => Partial<Network>): Subject {
  const { network } = tinyBackbone()
  return made({ network: { ...network, ...change(network) } })
}

function withGraph(change: (graph: Graph) => Partial<GraphParts>): Subject {
  return withNetwork(({ graph }) => ({ graph: graph.with(change(graph)) }))
}

function withStages(change: (first: Stage, last: Stage) => Stage[]): Subject {
  return withNetwork(({ stages: [first, last] }) => ({ stages: change(first as Stage, last as Stage) }))
}

function withInput(name: string, type: 'int32' | 'int64'): Subject {
  return withGraph(() => ({ inputs: [{ name, type, dims: ['batch', 'length'] }] }))
}

function withPreprocessing(parts: Partial<Preprocessing<string, number[]>>): Subject {
  return made({ preprocessing: { ...letters(), ...parts } })
}

function withFile(name: string): Subject {
  return withPreprocessing({ files: new Map([...letters().files, [name, new Uint8Array(1)]]) })
}

let calls = 0
const aside = { name: 'aside', opType: 'Neg', domain: '', attributes: {} }

/** For each rule, backbones that break it. */
const broken: Record<keyof typeof backboneChecks | keyof typeof networkChecks, Record<string, Subject>> = {
  'leaves its inputs as they are': {
    'an input replaced': spoilt((_features, texts) => void texts.splice(0, 1, 'changed')),
  },
  'has a name, a fingerprint, a modality and a size': {
    'no id': made({ id: ' ' }),
    'no fingerprint': made({ fingerprint: '' }),
    'no modality': made({ modality: '' }),
    'no size': made({ featureSize: 0 }),
  },
  'is the same when made again': {
    'other weights': { again: tinyBackbone({ seed: 2 }) },
    'other features': { again: spoilt(({ data }) => void data.fill(0)).backbone as TunableBackbone<string> },
    'other content keys': { again: made({ contentKey: (text) => `${text}!` }).backbone as TunableBackbone<string> },
  },
  'is tested as tunable where it is tunable': {
    'no loader': { loader: undefined as never },
    'no network': { backbone: frozen as TunableBackbone<string> },
  },
  'tells inputs apart by their content': {
    'keys that ignore the content': made({ contentKey: () => 'text' }),
    'keys that change': made({ contentKey: () => String(calls++) }),
  },
  'gives one row of finite features for each input': {
    'another size than its features': made({ featureSize: 7 }),
    'too few rows': spoilt(() => zeroMatrix(1, 8)),
    'too few numbers': spoilt((features) => ({ ...features, data: new Float32Array(8) })),
    'not a number': spoilt(({ data }) => void data.fill(Number.NaN, 5, 6)),
  },
  'gives no rows for no inputs': {
    'a row': spoilt((features, texts) => (texts.length === 0 ? zeroMatrix(1, 8) : features)),
  },
  'gives the same bits for the same inputs': {
    'features that change from call to call': spoilt(({ data }) => void data.fill(calls++, 0, 1)),
  },
  'gives an input the same features in any company': {
    'what depends on the number of inputs': spoilt(({ data }, texts) => void data.fill(texts.length, 3, 4)),
    'what depends on the place': spoilt(({ data }) => void data.fill(1, 0, 1)),
    'the wrong order': spoilt((features) => void rowOf(features, 0).set(rowOf(features, features.rows - 1))),
  },
  'gives different features to different inputs': {
    'the same for all': spoilt(({ data }) => void data.fill(1)),
  },
  'tells how far it is': {
    'no progress': embedding(({ signal }) => ({ signal })),
    'another total': embedding(({ onProgress }) => ({ onProgress: ({ done }) => onProgress?.({ done, total: 9 }) })),
    'not to the end': embedding(({ onProgress }) => ({ onProgress: ({ total }) => onProgress?.({ done: 0, total }) })),
  },
  'stops when its signal aborts': {
    'a signal that is not heard': embedding(({ onProgress }) => ({ onProgress })),
  },
  'has a valid graph that puts out the features alone': {
    'nodes in the wrong order': withGraph(({ nodes }) => ({ nodes: nodes.toReversed() })),
    'two outputs': withGraph(({ outputs }) => ({ outputs: [...outputs, ...outputs] })),
    'another size': made({ featureSize: 7 }),
  },
  'has named stages that follow one another to the features': {
    none: withStages(() => []),
    'one without a name': withStages(({ output }, last) => [{ name: '', output }, last]),
    'two of one name': withStages((first, last) => [first, { ...last, name: first.name }]),
    'one that ends nowhere': withStages((first, last) => [{ ...first, output: 'embeding' }, last]),
    'two that end together': withStages((first, last) => [{ ...first, output: last.output }, last]),
    'the features first': withStages((first, last) => [last, first]),
    'the wrong order': withStages((first, last) => [first, { name: 'letters', output: 'Gather' }, last]),
    'an end before the features': withStages((first) => [first]),
  },
  'prepares the tensors that the graph takes': {
    'another name': withInput('ids', 'int64'),
    'another type': withInput('letters', 'int32'),
    'another number of rows': withPreprocessing({ collate: (batch) => letters().collate(batch.slice(1)) }),
    'a cost that is no number': withPreprocessing({ cost: () => Number.NaN }),
  },
  'gives the same features when its graph is run by itself': {
    'other weights': withNetwork(() => tinyBackbone({ seed: 2 }).network),
  },
  'gives the same features in two parts, cut after any stage': {
    'other weights': withNetwork(() => tinyBackbone({ seed: 2 }).network),
    'a stage beside the way': withNetwork(({ graph, stages }) => ({
      graph: graph.with({ nodes: [...graph.nodes, { ...aside, inputs: ['embedding'], outputs: ['aside'] }] }),
      stages: [{ name: 'aside', output: 'aside' }, ...stages.slice(1)],
    })),
  },
  'describes its preprocessing as data, from which it is made again': {
    'another loader': withPreprocessing({ id: 'letters/2' }),
    'settings that are not JSON': withPreprocessing({ config: { maxLetters: Number.NaN } }),
    'settings that it does not keep to': withPreprocessing({ prepare: (text) => letters().prepare(text.slice(1)) }),
    'a file outside the model': withFile('../alphabet'),
    'a file in the place of the network': withFile('model.onnx'),
  },
  'is the same after it was saved in a model': {
    'a file that is lost': withPreprocessing({ files: new Map() }),
    'features of another network': spoilt(({ data }) => void data.fill(1)),
  },
}

describe('a broken backbone is noticed', () => {
  const checks: Record<string, Check<TunableSubject>> = { ...backboneChecks, ...networkChecks }
  const cases = Object.entries(broken).flatMap(([sentence, subjects]) =>
    Object.entries(subjects).map(([what, subject]) => [sentence, what, subject] as const),
  )

  it.each(cases)('%s: %s', async (sentence, _what, subject) => {
    const sound = tinyBackbone()
    const whole = { backbone: sound, again: sound, inputs: [...inputs], loader: lettersLoader, atol: 1e-5, ...subject }
    await expect(checks[sentence]?.(whole as TunableSubject)).rejects.toBeInstanceOf(Error)
  })

  it('needs inputs to compare', () => {
    expect(() => testBackbone('lonely', { create: tinyBackbone, inputs: ['one'] })).toThrow(OptionError)
  })
})
