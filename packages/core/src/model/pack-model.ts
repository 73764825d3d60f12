import type { Columns } from '../data/table/index.js'
import type * as z from 'zod'
import { type Graph } from '@headstart/onnx'
import { connect, encodeModel } from '@headstart/onnx/kit'
import { type Backbone, isTunable, type TunableBackbone } from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import type { Packed } from '../contract/trained.js'
import type { Report, TrainingSummary } from '../evaluate/report.js'
import { type Head, headNames } from '../head/head.js'
import { inOpsetOf } from '../head/in-opset-of.js'
import { withFamiliarity } from '../trust/familiarity.js'
import type { TrainedOn } from '../trust/trained-on.js'
import type { Trust } from '../trust/trust.js'
import { keptName, type KeptExamples, packFeatures } from './kept-examples.js'
import { aloneName, graphName, type Manifest } from './manifest.js'
import type { Recipe } from './recipe.js'
import { toSavedReport } from './saved-report.js'

/** What is saved of a model. */
export interface PackableModel {
  readonly backbone: Backbone<never>
  readonly head: Head
  readonly recipe: Recipe
  readonly training: TrainingSummary
  readonly columns: Columns | undefined
  readonly validation: Report | undefined
  readonly trust: Trust
  readonly kept: KeptExamples | undefined
  /** See `Model.alone`. */
  readonly alone: Head | undefined
}

/**
 * What the folder of a model holds: `model.onnx` (from the backbone's input tensors to the head's result), `headstart.json`
 * and the preprocessing's data. Nothing in it is code.
 * @param trainedOn Marks of the training inputs, where they are not kept.
 * @throws DataError when the backbone's graph is not at hand.
 */
export function packModel(model: PackableModel, trainedOn: TrainedOn | undefined): Packed {
  const { backbone, head, recipe, training, validation, trust, kept, alone, columns } = model
  const tunable = withGraph(backbone)
  const { network, preprocessing } = tunable
  const manifest: Omit<Manifest, 'files'> = {
    format: 'headstart-model',
    formatVersion: 1,
    task: head.kind,
    labels: [...head.labels],
    backbone: {
      id: backbone.id,
      modality: backbone.modality,
      fingerprint: backbone.fingerprint,
      output: outputOf(network.graph),
      stages: [...network.stages],
    },
    preprocessing: { id: preprocessing.id, config: toJson(preprocessing.config) },
    recipe,
    training,
    metrics: { crossValidation: validation ? toSavedReport(validation) : null },
    trust: {
      ...(trust.familiarity?.held && { familiarity: trust.familiarity.held }),
      ...(trust.conformity && { conformity: trust.conformity }),
    },
    ...(trainedOn !== undefined && { trainedOn }),
    // In one order, whoever found them: the same model is the same bytes.
    ...(columns && { columns: { input: columns.input, label: columns.label } }),
    ...(kept && { kept: kept.examples }),
  }
  const files = new Map([[graphName, encodeModel(wholeGraph(model))], ...preprocessing.files])
  if (kept) files.set(keptName, packFeatures(kept.features))
  if (alone) files.set(aloneName, encodeModel(alone.graph))
  return { manifest, files }
}

/**
 * The whole network, from the backbone's input tensors to the head's result and, where the model knows it, the familiarity, as one
 * graph.
 * @throws DataError when the backbone's graph is not at hand.
 */
export function wholeGraph({ backbone, head, trust }: Pick<PackableModel, 'backbone' | 'head' | 'trust'>): Graph {
  const { graph } = withGraph(backbone).network
  const { familiarity } = trust
  const last = familiarity ? withFamiliarity(head.graph, familiarity) : head.graph
  return connect(graph, inOpsetOf(graph, last), { [headNames.features]: outputOf(graph) })
}

/** @throws DataError when its graph is not at hand. */
export function withGraph(backbone: Backbone<never>): TunableBackbone<never> {
  if (isTunable(backbone)) return backbone
  throw new DataError(
    `model on backbone "${backbone.id}"`,
    'a backbone whose graph is at hand',
    'one that is run by other means',
    'Use a backbone that is an ONNX graph.',
  )
}

function outputOf(graph: Graph): string {
  return graph.outputs[0]?.name as string
}

function toJson<T extends object>(value: T): Record<string, z.core.util.JSONType> & T {
  return value as Record<string, z.core.util.JSONType> & T
}
