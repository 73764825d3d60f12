import { type Graph } from '@headstart/onnx'
import { cut, decodeModel, rename } from '@headstart/onnx/kit'
import type { Devices, JsonObject, Modality, Preprocessing } from '../contract/backbone.js'
import { ModelFolderError } from '../contract/errors.js'
import type { ModelFiles } from '../contract/model-files.js'
import { modelFiles } from '../kit/model-files.js'
import { type Head, headNames } from '../head/head.js'
import { damaged, graphName, type Manifest, modelFormat, newer, parseManifest } from './manifest.js'
import { Model } from './model.js'
import { readManifest, readModelFolder } from './model-folder.js'
import { networkBackbone } from '../features/network-backbone.js'
import { reportOf } from './saved-report.js'
import type { Target } from '../contract/target.js'

/** Makes the preprocessing of a saved model again, from its data alone. One for each `Preprocessing.id`. */
export interface PreprocessingLoader<Input> {
  readonly id: string
  load(config: JsonObject, files: ReadonlyMap<string, Uint8Array>): Preprocessing<Input> | Promise<Preprocessing<Input>>
}

/** Options of `loadModel`. */
export interface LoadOptions {
  /** Where its network runs, see `FineTuneOptions.device`. Default 'cpu'. */
  readonly device?: Devices | undefined
}

/**
 * Reads a saved model. Runs no code from the folder; every file's hash is checked first.
 *
 * @param loaders The preprocessings that the caller knows; domain packages bring theirs (see their `loadModel`).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind of input.
 */
export async function loadModel<Input, Label extends Target = string>(
  place: string | ModelFiles,
  loaders: readonly PreprocessingLoader<Input>[],
  { device }: LoadOptions = {},
): Promise<Model<Input, Label>> {
  const { manifest, files } = await readModelFolder(place, modelFormat)
  const folder = modelFiles(place).name
  if (!files.has(graphName)) throw damaged(folder, `the file ${graphName}`, 'a list of files without it')
  const loader = loaders.find(({ id }) => id === manifest.preprocessing.id)
  if (!loader) {
    const expected = `a model whose input is read by ${loaders.map(({ id }) => `"${id}"`).join(' or ')}`
    if (isNewer(manifest.preprocessing.id, loaders)) throw newer(folder, expected, `"${manifest.preprocessing.id}"`)
    throw new ModelFolderError(
      folder,
      expected,
      `one for ${manifest.backbone.modality} ("${manifest.preprocessing.id}")`,
      'Load it with the package for that kind of input, or a newer version of this one.',
    )
  }
  const { id, modality, fingerprint, stages } = manifest.backbone
  const { crossValidation } = manifest.metrics
  const validation = crossValidation ? reportOf(crossValidation) : undefined
  const { graph, head } = splitNetwork(folder, files.get(graphName) as Uint8Array, manifest)
  checkFit(folder, head)
  return new Model<Input, Label>({
    backbone: networkBackbone({
      id,
      modality,
      fingerprint,
      network: { graph, stages },
      device,
      preprocessing: await loader.load(manifest.preprocessing.config as JsonObject, files),
    }),
    ownsBackbone: true,
    head,
    recipe: manifest.recipe,
    training: manifest.training,
    validation: () => validation,
  })
}

/** What a saved model says of itself. */
export interface ModelDescription {
  readonly kind: Manifest['task']
  readonly modality: Modality
  readonly labels: readonly string[]
}

/**
 * Reads what a saved model is, and not the model: whether its other files are whole, `loadModel` sees.
 * @throws ModelFolderError when the folder is missing, its manifest damaged, changed or of a newer format.
 */
export async function describeModel(place: string | ModelFiles): Promise<ModelDescription> {
  const files = modelFiles(place)
  const { task: kind, backbone, labels } = parseManifest(files.name, await readManifest(files))
  return { kind, modality: backbone.modality, labels }
}

/** Whether an adapter such as 'letters/2' is a later version of one that is known. */
function isNewer(id: string, loaders: readonly { readonly id: string }[]): boolean {
  const [name, version] = id.split('/')
  const known = loaders.map((loader) => loader.id.split('/')).filter(([other]) => other === name)
  return known.length > 0 && known.every(([, other]) => Number(version) > Number(other))
}

/** Cuts the whole network where backbone and head were joined. */
function splitNetwork(folder: string, bytes: Uint8Array, manifest: Manifest): { graph: Graph; head: Head } {
  const {
    task: kind,
    labels,
    backbone: { output },
  } = manifest
  try {
    const whole = decodeModel(bytes, graphName)
    const { prefix, suffix } = cut(whole, [output])
    return {
      graph: prefix.with({ outputs: [whole.valueInfo.get(output) ?? { name: output }] }),
      head: { kind, labels, graph: rename(suffix, { [output]: headNames.features }).with({ name: 'head' }) },
    }
  } catch (cause) {
    throw damaged(folder, `a network with features "${output}" in ${graphName}`, 'another one or none', { cause })
  }
}

/** Does the head answer for as many labels as there are? */
function checkFit(folder: string, { kind, labels, graph }: Head): void {
  const columns = graph.outputs[0]?.dims?.at(-1)
  const expected = kind === 'regression' ? 1 : labels.length
  if (columns === expected && graph.outputs[0]?.name === headNames.result[kind]) return
  const got = graph.outputs.map(({ name, dims }) => `${name}[${dims?.join(', ') ?? '?'}]`).join()
  throw damaged(folder, `a head with ${expected} results named "${headNames.result[kind]}"`, got)
}
