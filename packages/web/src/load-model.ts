import {
  type Devices,
  type JsonObject,
  type Loader,
  manifestOf,
  type Model,
  ModelFolderError,
  newer,
  type Target,
} from '@headstart/core/load'
import type { Chatbot } from '@headstart/nlp/load'
import { setRuntime } from '@headstart/onnx'
import type { RecommenderModel } from '@headstart/recommender/load'
import { addressFiles } from './address-files.js'
import type { Picture } from './pictures/picture.js'
import { requireSimd, type WebRuntime, webRuntime } from './web-runtime.js'

/** What a model is, by the name of its task. */
export interface LoadedModels {
  readonly text: Model<string, Target>
  readonly image: Model<Picture, Target>
  readonly chat: Chatbot
  readonly recommend: RecommenderModel
}

export type TaskName = keyof LoadedModels

/** What loads the models of each task, fetched for those of it alone. */
const loaders: { readonly [Name in TaskName]: () => Promise<Loader<LoadedModels[Name]>> } = {
  text: async () => (await import('@headstart/nlp/load')).textLoader,
  image: async () => (await import('./pictures/picture-loader.js')).pictureModels,
  chat: async () => (await import('@headstart/nlp/load')).chatLoader,
  recommend: async () => (await import('@headstart/recommender/load')).recommenderLoader,
}

/** Options of `loadModel`. */
export interface LoadModelOptions<Name extends TaskName = TaskName> {
  /** What the model must be. Default: whatever it is. */
  readonly task?: Name | undefined
  /**
   * Where its network runs, in order of preference: 'wasm', 'webgpu', `['webgpu', 'wasm']`. Default: WebAssembly, on as many
   * threads as the page may have (several where it is cross-origin isolated).
   */
  readonly device?: Devices | undefined
  /**
   * Folder of the `.wasm` files of onnxruntime-web, absolute or from the page. Default: beside the module that loads them. One for
   * all models of a page.
   */
  readonly wasm?: string | URL | undefined
  /** Stops the loading. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Loads a saved model from the address of its folder, absolute or from the page. Runs no code from there; every file's hash is
 * checked first. The model is the same as in Node: `predict`, `recommend`, `ask`, `close`.
 *
 * @throws ModelFolderError when there is none, or it is damaged, changed, of a newer format or of another task.
 * @throws FileError when its files cannot be fetched: no network, no server, another origin without CORS.
 * @throws BrowserError when the browser has no WebAssembly with SIMD, or that of onnxruntime-web cannot be loaded.
 */
export async function loadModel<Name extends TaskName = TaskName>(
  address: string | URL,
  { task, device, wasm, signal }: LoadModelOptions<Name> = {},
): Promise<LoadedModels[Name]> {
  requireSimd()
  const runs = runtimeOf(wasm)
  setRuntime(runs)
  const files = addressFiles(new URL(address, document.baseURI), signal)
  const manifest = await manifestOf(files)
  const name = taskOf(manifest)
  const names = Object.keys(loaders)
  if (!isTask(name)) throw newer(files.name, `a model of one of the tasks ${names.join(', ')}`, `one for ${name}`)
  if (task !== undefined && task !== name) {
    const remedy = 'Give the address of such a model, or leave the option "task" out.'
    throw new ModelFolderError(files.name, `a model for ${task}`, `one for ${name}`, remedy)
  }
  const loading = loaders[name]().then((loader: Loader<LoadedModels[TaskName]>) => loader.load(files, { device }))
  // Both are fetched, so side by side. Most recommenders have no network.
  const starting = hasNetwork(manifest) ? runs.start([device ?? 'wasm'].flat()) : undefined
  return (await Promise.all([loading, starting]))[0] as LoadedModels[Name]
}

function hasNetwork({ files }: JsonObject): boolean {
  return Object.keys(Object(files)).some((name) => name.endsWith('.onnx'))
}

/** What a folder is for, by its `headstart.json`. Asked before the loaders, each of which is fetched where it is needed. */
function taskOf({ format, backbone }: JsonObject): string {
  if (format === 'headstart-recommender') return 'recommend'
  if (format === 'headstart-chat') return 'chat'
  return String(format === 'headstart-model' ? (Object(backbone) as JsonObject)['modality'] : format)
}

function isTask(name: string): name is TaskName {
  return Object.hasOwn(loaders, name)
}

let runtime: { readonly wasm: string | undefined; readonly runs: WebRuntime } | undefined

/** The same one for all models of a page. */
function runtimeOf(wasm: string | URL | undefined): WebRuntime {
  const folder = wasm === undefined ? undefined : new URL(wasm, document.baseURI)
  if (runtime?.wasm !== folder?.href) runtime = undefined
  runtime ??= { wasm: folder?.href, runs: webRuntime(folder) }
  return runtime.runs
}
