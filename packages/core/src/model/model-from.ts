import { type Graph } from '@headstart/onnx'
import { cut, decodeModel, encodeModel, extract, rename } from '@headstart/onnx/kit'
import type { JsonObject, Preprocessing, TunableBackbone } from '../contract/backbone.js'
import { ModelFolderError } from '../contract/errors.js'
import type { Knowledge } from '../contract/knowledge.js'
import type { ModelFiles } from '../contract/model-files.js'
import { sha256 } from '../kit/sha256.js'
import { type Head, headNames } from '../head/head.js'
import { aloneName, damaged, graphName, type Manifest, modelFormat, newer } from './manifest.js'
import { Model } from './model.js'
import { readModelFolder } from './model-folder.js'
import { knownBackbone, readsForParts } from '../features/known-backbone.js'
import { networkBackbone } from '../features/network-backbone.js'
import { withKnowledge } from '../features/with-knowledge.js'
import { keptName, type KeptExamples, unpackFeatures } from './kept-examples.js'
import { type Usual, usualIn } from '../trust/familiarity.js'
import { reportOf } from './saved-report.js'
import type { Target } from '../contract/target.js'
import type { LoadOptions } from '../contract/task.js'

/** Makes the preprocessing of a saved model again, from its data alone. One for each `Preprocessing.id`. */
export interface PreprocessingLoader<Input> {
  readonly id: string
  load(config: JsonObject, files: ReadonlyMap<string, Uint8Array>): Preprocessing<Input> | Promise<Preprocessing<Input>>
}

/**
 * Reads a saved model from wherever its files lie. Runs no code from there; every file's hash is checked first.
 *
 * @param loaders The preprocessings that the caller knows.
 * @param knowledge What can stand beside the network of a model that is taught more. Default: nothing.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind of input.
 */
export async function modelFrom<Input, Label extends Target = string>(
  place: ModelFiles,
  loaders: readonly PreprocessingLoader<Input>[],
  options: LoadOptions = {},
  knowledge: readonly Knowledge<Input>[] = [],
): Promise<Model<Input, Label>> {
  const { manifest, files } = await readModelFolder(place, modelFormat)
  const folder = place.name
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
  const { trainedOn, columns } = manifest
  const { crossValidation } = manifest.metrics
  const validation = crossValidation ? reportOf(crossValidation) : undefined
  const { graph, head: part, usual } = splitNetwork(folder, files.get(graphName) as Uint8Array, manifest)
  // The weights of a head lie among those of its backbone, which would stay with them.
  const head = options.share ? { ...part, graph: decodeModel(encodeModel(part.graph), graphName) } : part
  checkFit(folder, head)
  const preprocessing = await loader.load(manifest.preprocessing.config as JsonObject, files)
  return new Model<Input, Label>({
    backbone: backboneOf(manifest, graph, preprocessing, options, knowledge),
    ownsBackbone: true,
    head,
    recipe: manifest.recipe,
    training: manifest.training,
    validation: () => validation,
    trust: {
      familiarity: usual && { ...usual, held: manifest.trust?.familiarity },
      conformity: manifest.trust?.conformity,
    },
    trainedOn: trainedOn === undefined ? undefined : async () => trainedOn,
    columns,
    kept: keptIn(folder, manifest, files),
    alone: aloneIn(folder, head, files),
  })
}

/** The backbone of a saved model; where parts stand beside its network, the network alone and they. */
function backboneOf<Input>(
  { backbone: { id, modality, fingerprint, stages } }: Manifest,
  graph: Graph,
  preprocessing: Preprocessing<Input>,
  options: LoadOptions,
  knowledge: readonly Knowledge<Input>[],
): TunableBackbone<Input> {
  const parts = { id, modality, device: options.device, aside: options.aside }
  const knowing = (network: TunableBackbone<Input>): TunableBackbone<Input> =>
    knowledge.length > 0 ? withKnowledge(network, knowledge) : network
  const known = readsForParts(preprocessing) ? preprocessing : undefined
  if (!known) {
    const network = networkBackbone({ ...parts, fingerprint, network: { graph, stages }, preprocessing })
    return knowing(shared(network, options))
  }
  const { base } = known
  const [last] = graph.outputs
  const network = {
    graph: extract(graph, [], [base.output]),
    stages: stages.map((stage) => (stage.output === last?.name ? { ...stage, output: base.output } : stage)),
  }
  return knownBackbone(knowing(shared(networkBackbone({ ...parts, ...base, network }), options)), known.parts)
}

/** The same one of a model that was loaded before; known by what it is, and not by what its manifest says. */
function shared<Input>(
  backbone: TunableBackbone<Input>,
  { share, device, paths }: LoadOptions,
): TunableBackbone<Input> {
  if (!share) return backbone
  const { id, modality, network, preprocessing } = backbone
  const settings = [id, modality, network.stages, preprocessing.id, preprocessing.config, device, paths]
  const key = sha256(JSON.stringify(settings), ...partsOf(network.graph), ...[...preprocessing.files].flat())
  return share.take(key, () => backbone)
}

/** All of a graph, to be hashed: its weights as they lie in memory, without another copy of them. */
function partsOf(graph: Graph): (string | Uint8Array)[] {
  const weights = [...graph.initializers].flatMap(([name, { type, dims, data }]) => [
    JSON.stringify([name, type, dims]),
    ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : JSON.stringify(data),
  ])
  return [encodeModel(graph.with({ initializers: new Map() })), ...weights]
}

/** Whether an adapter such as 'letters/2' is a later version of one that is known. */
function isNewer(id: string, loaders: readonly { readonly id: string }[]): boolean {
  const [name, version] = id.split('/')
  const known = loaders.map((loader) => loader.id.split('/')).filter(([other]) => other === name)
  return known.length > 0 && known.every(([, other]) => Number(version) > Number(other))
}

/** Cuts the whole network where backbone and head were joined. */
function splitNetwork(
  folder: string,
  bytes: Uint8Array,
  manifest: Manifest,
): { graph: Graph; head: Head; usual: Usual | undefined } {
  const {
    task: kind,
    labels,
    backbone: { output },
  } = manifest
  try {
    const whole = decodeModel(bytes, graphName)
    const { prefix, suffix } = cut(whole, [output])
    const answers = suffix.outputs.slice(0, 1)
    return {
      usual: usualIn(suffix),
      graph: prefix.with({ outputs: [whole.valueInfo.get(output) ?? { name: output }] }),
      head: {
        kind,
        labels,
        graph: rename(extract(suffix, [output], [answers[0]?.name ?? '']), { [output]: headNames.features }).with({
          name: 'head',
        }),
      },
    }
  } catch (cause) {
    throw damaged(folder, `a network with features "${output}" in ${graphName}`, 'another one or none', { cause })
  }
}

/** The head of the network alone. */
function aloneIn(folder: string, { kind, labels }: Head, files: ReadonlyMap<string, Uint8Array>): Head | undefined {
  const bytes = files.get(aloneName)
  if (!bytes) return undefined
  const head = { kind, labels, graph: decodeModel(bytes, aloneName) }
  checkFit(folder, head)
  return head
}

/** The examples that were kept. */
function keptIn(folder: string, { kept }: Manifest, files: ReadonlyMap<string, Uint8Array>): KeptExamples | undefined {
  if (!kept) return undefined
  const bytes = files.get(keptName)
  if (!bytes) throw damaged(folder, `the file ${keptName}`, 'a list of files without it')
  return { examples: kept, features: unpackFeatures(bytes, kept.length) }
}

/** Does the head answer for as many labels as there are? */
function checkFit(folder: string, { kind, labels, graph }: Head): void {
  const different = new Set(labels).size
  if (different < labels.length)
    throw damaged(folder, 'each label once', `${labels.length} labels, ${different} different ones`)
  const columns = graph.outputs[0]?.dims?.at(-1)
  const expected = kind === 'regression' ? 1 : labels.length
  if (columns === expected && graph.outputs[0]?.name === headNames.result[kind]) return
  const got = graph.outputs.map(({ name, dims }) => `${name}[${dims?.join(', ') ?? '?'}]`).join()
  throw damaged(folder, `a head with ${expected} results named "${headNames.result[kind]}"`, got)
}
