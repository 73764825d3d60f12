import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { encodeModel } from '@headstart/onnx'
import type { z } from 'zod'
import { isTunable } from './backbone.js'
import { FileError } from './errors.js'
import { formatManifest, graphName, type Manifest, manifestName, sha256 } from './manifest.js'
import type { Model } from './model.js'
import type { Target } from './target.js'
import { writeFolderAside } from './write-aside.js'

/** Options of `saveModel`. */
export interface SaveOptions {
  readonly signal?: AbortSignal | undefined
}

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
  const manifest: Manifest = {
    format: 'headstart-model',
    formatVersion: 1,
    task: head.task,
    labels: [...head.labels],
    backbone: {
      id: backbone.id,
      modality: backbone.modality,
      fingerprint: backbone.fingerprint,
      output: backbone.network.graph.outputs[0]?.name as string,
      stages: [...backbone.network.stages],
    },
    preprocessing: { id: backbone.preprocessing.id, config: toJson(backbone.preprocessing.config) },
    recipe: toJson(recipe),
    training: toJson(training),
    metrics: { crossValidation: validation ? toJson(validation) : null },
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])),
  }
  files.set(manifestName, new TextEncoder().encode(formatManifest(manifest)))
  await writeFolderAside(resolve(folder), files, { replace: refuseForeignFolder, ...options })
}

/** A folder may be replaced when it is a model, or empty. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length === 0 || names.includes(manifestName)) return
  throw new FileError(
    'input',
    folder,
    'a new folder, or one with a model to replace',
    `a folder with ${names.slice(0, 5).join(', ')}`,
    'Nothing was changed: choose another folder.',
  )
}

function toJson<T extends object>(value: T): Record<string, z.core.util.JSONType> & T {
  return value as Record<string, z.core.util.JSONType> & T
}
