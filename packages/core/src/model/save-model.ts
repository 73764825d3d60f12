import { encodeModel } from '@headstart/onnx'
import type { z } from 'zod'
import { isTunable } from '../contract/backbone.js'
import { graphName, type Manifest } from './manifest.js'
import type { Model } from './model.js'
import { type SaveOptions, writeModelFolder } from './model-folder.js'
import { toSavedReport } from './saved-report.js'
import type { Target } from '../contract/target.js'

/**
 * Writes a model as a folder: `model.onnx` (from the backbone's input tensors to the head's result), `headstart.json`
 * and the preprocessing's data. Nothing in it is code. An older model of that name is replaced as a whole, or not
 * at all.
 *
 * @throws FileError when the folder cannot be written, or something that is no model stands there.
 * @throws DataError when the backbone's graph is not at hand.
 */
export async function saveModel<Input, Label extends Target>(
  model: Model<Input, Label>,
  folder: string,
  options: SaveOptions = {},
): Promise<void> {
  const graph = model.graph()
  const { backbone, head, recipe, training, validation } = model
  if (!isTunable(backbone)) return
  const files = new Map([[graphName, encodeModel(graph)], ...backbone.preprocessing.files])
  const manifest: Omit<Manifest, 'files'> = {
    format: 'headstart-model',
    formatVersion: 1,
    task: head.kind,
    labels: [...head.labels],
    backbone: {
      id: backbone.id,
      modality: backbone.modality,
      fingerprint: backbone.fingerprint,
      output: backbone.network.graph.outputs[0]?.name as string,
      stages: [...backbone.network.stages],
    },
    preprocessing: { id: backbone.preprocessing.id, config: toJson(backbone.preprocessing.config) },
    recipe,
    training,
    metrics: { crossValidation: validation ? toSavedReport(validation) : null },
  }
  await writeModelFolder(folder, manifest, files, options)
}

function toJson<T extends object>(value: T): Record<string, z.core.util.JSONType> & T {
  return value as Record<string, z.core.util.JSONType> & T
}
