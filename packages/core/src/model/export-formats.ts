import type { Graph } from '@headstart/onnx'
import { connect, encodeModel } from '@headstart/onnx/kit'
import { DataError } from '../contract/errors.js'
import { isKnown } from '../contract/knowledge.js'
import type { NodesBefore } from '../contract/exported-input.js'
import type { ExportFormat, Packed } from '../contract/trained.js'
import { withLogits } from '../head/logits.js'
import type { Ranked } from '../trust/ranked.js'
import { thresholdOf } from '../trust/refusal.js'
import { noTrust } from '../trust/trust.js'
import { version } from '../kit/version.js'
import { exportFormat } from './manifest.js'
import { inOpsetOf } from '../head/in-opset-of.js'
import { type PackableModel, wholeGraph, withGraph } from './pack-model.js'

type Exportable = Pick<PackableModel, 'backbone' | 'head' | 'trust'>

/** The forms in which a model of labeled examples can be carried away. */
export function exportFormats(
  model: Exportable & Pick<PackableModel, 'alone'>,
): Readonly<Record<string, ExportFormat>> {
  const { backbone, alone, trust } = model
  // A pipeline gives the network what it reads, and nothing beside it.
  const bare = alone && isKnown(backbone) ? { backbone: backbone.base, head: alone, trust } : model
  const left = isKnown(backbone) ? backbone.parts.map(({ part }) => part.name).join(' and ') : ''
  const without = bare === model ? '' : `; its answers are those of the network alone, without ${left} beside it`
  return {
    transformers: {
      description: `a folder that Transformers.js opens${without}`,
      make: async () => forTransformers(bare),
    },
    onnx: {
      description: 'one file for ONNX Runtime in any language',
      ending: '.onnx',
      make: async () => forOnnx(model),
    },
  }
}

/**
 * A folder in the layout that Transformers.js opens: `config.json` with the labels, what it makes tensors with, and
 * `onnx/model.onnx`, from tensors under their standard names to `logits`.
 * @throws DataError for what none of its pipelines answers.
 */
function forTransformers({ backbone, head }: Exportable): Packed {
  const { preprocessing } = withGraph(backbone)
  const input = preprocessing.forTransformers?.()
  if (!input) {
    const got = `inputs of the kind "${backbone.modality}", read by "${preprocessing.id}"`
    throw refused('inputs that a pipeline of Transformers.js reads', got)
  }
  const { pipeline, kinds, family, before } = input
  if (!kinds.includes(head.kind)) {
    throw refused(`one for ${kinds.join(' or ')}, as the pipeline ${pipeline} answers`, `one for ${head.kind}`)
  }
  const config = {
    model_type: family.type,
    architectures: [family.architecture],
    id2label: Object.fromEntries(head.labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(head.labels.map((label, id) => [label, id])),
    problem_type: head.kind === 'multi-label' ? 'multi_label_classification' : 'single_label_classification',
    // In a browser it would look for quantized weights unless it is told.
    'transformers.js_config': { dtype: 'fp32' },
  }
  // Its pipelines know of no other output.
  const network = graphFrom(before, { backbone, head: { ...head, graph: withLogits(head) }, trust: noTrust })
  const files = new Map([
    ['config.json', new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    ...input.files,
    ['onnx/model.onnx', encodeModel(network.with({ metadata: new Map(factsOf({ backbone, head })) }))],
  ])
  const { kind, labels } = head
  const manifest = {
    format: exportFormat,
    formatVersion: 1,
    to: 'transformers',
    headstart: version,
    pipeline,
    task: kind,
    labels: [...labels],
  }
  return { manifest, files }
}

/** One file, from tensors as raw as they can be to the head's result; what one must know to use it are its metadata properties. */
function forOnnx(model: Exportable): Uint8Array {
  const { metadata = {}, before } = withGraph(model.backbone).preprocessing.forOnnx?.() ?? {}
  const held = model.trust.familiarity?.held
  const facts = [
    ...factsOf(model),
    ...(held ? [['headstart.familiarity', JSON.stringify(thresholdsOf(held))] as const] : []),
    ...Object.entries(metadata),
  ]
  return encodeModel(graphFrom(before, model).with({ metadata: new Map(facts) }))
}

/** Metadata properties of an exported network. */
function factsOf({ backbone, head }: Pick<Exportable, 'backbone' | 'head'>): [name: string, value: string][] {
  const { id, config } = withGraph(backbone).preprocessing
  return [
    ['headstart.version', version],
    ['headstart.task', head.kind],
    ['headstart.labels', JSON.stringify(head.labels)],
    ['headstart.backbone', backbone.id],
    ['headstart.preprocessing', JSON.stringify({ id, config })],
  ]
}

/** The whole network behind what comes before it. */
function graphFrom(before: NodesBefore | undefined, model: Exportable): Graph {
  const whole = wholeGraph(model)
  return before ? connect(inOpsetOf(whole, before.graph), whole, before.wiring).with({ name: whole.name }) : whole
}

/** The familiarity below which an input is unknown, by the share of what belongs that is refused then. */
function thresholdsOf(held: Ranked): Record<string, number> {
  return Object.fromEntries(
    [0.01, 0.05, 0.1].map((share) => [share, Number(thresholdOf(held, share).value.toPrecision(7))]),
  )
}

function refused(expected: string, got: string): DataError {
  return new DataError('model to be exported', expected, got, 'Export it to onnx, which takes any.')
}
