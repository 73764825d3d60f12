import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress } from '@headstart/core'
import { mostOfText } from '@headstart/core/kit'
import { modelSizeLimit } from '@headstart/onnx/kit'
import { downloadFile } from './download-file.js'
import { findEncoderDecoder } from './encoder-decoder.js'
import { HubError, ModelFilesError } from './errors.js'
import { HubClient, type HubOptions } from './hub-client.js'
import { fetchListing, type ListedFile, type Listing } from './listing.js'
import { ModelCache, type ModelCacheOptions } from './model-cache.js'
import { ModelFolder } from './model-folder.js'
import { isModelId } from './model-id.js'
import { type Dtype, externalData, findNetwork, type NetworkFile } from './network-files.js'
import { isOffline } from './offline.js'
import { assertFits, type NetworkChoice, noNetwork, wholeModel } from './read-network.js'

/** Options of `fetchModel`. */
export interface FetchOptions extends NetworkChoice, HubOptions {
  /** What kind of model is wanted: of an encoder-decoder, such as a translator, all networks are fetched. Default 'encoder'. */
  readonly kind?: 'encoder' | 'encoder-decoder' | undefined
  /** Branch, tag or commit. Default 'main'. */
  readonly revision?: string | undefined
  readonly cache?: ModelCacheOptions | undefined
  /** Asks the hub for the newest version even where the cache has one. Default false. */
  readonly refresh?: boolean | undefined
  /** Told the bytes fetched so far, of all that are to be fetched. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Files beside the network that say how it is used. */
const settings = new Set([
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'modules.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
])
/** Those of encoder-decoders. */
const generationSettings = new Set(['generation_config.json', 'special_tokens_map.json'])
/** Their tokens, where the two sides have a vocabulary each, or there is no tokenizer.json. */
const vocabularies = new Set(['vocab.json', 'target_vocab.json', 'source.spm', 'target.spm'])
/** Settings of a layer of sentence-transformers, such as `1_Pooling/config.json`. */
const layerSettings = /^\d+_\w+\/config\.json$/
/** What the hub says of models that are no encoders. */
const generators = new Set([
  'text-generation',
  'text2text-generation',
  'image-text-to-text',
  'translation',
  'summarization',
  'text-to-image',
  'text-to-speech',
])

/**
 * A model of a hub, from the cache or, where it is not there, fetched into it. What is in the cache is used as it is,
 * without a question to the hub, until `refresh` is asked for.
 * @throws HubError where there is no such model, it may not be read, the network is forbidden or fails.
 * @throws ModelFilesError for a model without a network of that kind, or one too large for this machine's memory.
 * @throws FileError where the cache cannot be written.
 */
export async function fetchModel(id: string, options: FetchOptions = {}): Promise<ModelFolder> {
  const { revision = 'main', refresh = false } = options
  if (!isModelId(id))
    throw new HubError('input', 'model', 'an id on the hub, such as org/name', `"${id}"`, 'Check the name.')
  const cache = new ModelCache(options.cache)
  const known = await cache.find(id, revision)
  if (known && !refresh && (await cache.missing(known, wantedFiles(known, options))).length === 0)
    return open(cache, known)
  if (isOffline()) {
    const fetching = options.kind === 'encoder-decoder' ? `translator('${id}')` : `headstart backbones add ${id}`
    const remedy = `Fetch it where there is a network (${fetching}), or give the path of a folder.`
    throw new HubError(
      'environment',
      id,
      'a model in the cache',
      'none, and HEADSTART_OFFLINE, which forbids the network',
      remedy,
    )
  }
  const onWait = (): void => options.onNotice?.(`Another process fetches ${id}; waiting for it.`)
  return cache.alone(id, () => fetchMissing(cache, id, revision, options), { signal: options.signal, onWait })
}

/** Brings what is missing of a model into the cache, while no other process does. */
async function fetchMissing(
  cache: ModelCache,
  id: string,
  revision: string,
  options: FetchOptions,
): Promise<ModelFolder> {
  // Another process may have fetched it meanwhile. What is added to a model later, such as another number format, is of the
  // version that is there.
  const known = options.refresh ? undefined : await cache.find(id, revision)
  if (known && (await cache.missing(known, wantedFiles(known, options))).length === 0) return open(cache, known)
  const client = new HubClient(options)
  try {
    const listing = known ?? (await fetchListing(client, id, revision))
    await fetchFiles(client, cache, listing, options)
    await cache.note(listing, revision)
    return await open(cache, listing)
  } finally {
    await client.close()
  }
}

/** The files of a model that are needed to use its network. @throws ModelFilesError where it has no such network. */
export function wantedFiles(
  listing: Listing,
  { parts = wholeModel, dtype, kind }: Pick<FetchOptions, 'parts' | 'dtype' | 'kind'>,
): ListedFile[] {
  const names = listing.files.map(({ name }) => name)
  const networks =
    kind === 'encoder-decoder'
      ? Object.values(findEncoderDecoder(listing.id, names, dtype)).filter((file) => file !== undefined)
      : [networkOf(listing.id, names, parts, dtype)]
  const wanted = new Set(networks.flatMap(({ name }) => [name, ...externalData(names, name)]))
  if (kind === 'encoder-decoder') {
    const isApart = names.includes('target_vocab.json') || !names.includes('tokenizer.json')
    for (const name of [...generationSettings, ...(isApart ? vocabularies : [])]) wanted.add(name)
  }
  return listing.files.filter(({ name }) => wanted.has(name) || isSettings(name))
}

function networkOf(id: string, names: readonly string[], parts: readonly string[], dtype?: Dtype): NetworkFile {
  const network = findNetwork(names, parts, dtype)
  if (network) return network
  throw noNetwork(id, names, parts, dtype)
}

function isSettings(name: string): boolean {
  return settings.has(name) || layerSettings.test(name)
}

async function fetchFiles(
  client: HubClient,
  cache: ModelCache,
  listing: Listing,
  options: FetchOptions,
): Promise<void> {
  const { id, commit, pipeline } = listing
  if (options.kind === 'encoder-decoder' && pipeline === 'text-generation') {
    const remedy = 'It continues texts, as a chat does. Choose a translator, such as Xenova/opus-mt-en-de.'
    throw new ModelFilesError(id, 'an encoder-decoder', `a model for ${pipeline}, which is a decoder alone`, remedy)
  }
  if (pipeline !== null && generators.has(pipeline) && options.kind !== 'encoder-decoder') {
    throw new ModelFilesError(id, 'an encoder', `a model for ${pipeline}`, 'Choose a model for feature extraction.')
  }
  const files = wantedFiles(listing, options)
  const sizes = files.map(({ size }) => size ?? 0)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  assertFits(id, total)
  const folder = cache.folderOf(listing)
  const missing = await cache.missing(listing, files)
  const toFetch = missing.reduce((sum, { size }) => sum + (size ?? 0), 0)
  await cache.makeRoom(toFetch, id)
  // Sizes that the hub does not say are known when the files are here.
  const limit = Math.min(modelSizeLimit(), cache.maxBytes)
  let done = total - toFetch
  for (const file of missing) {
    const most =
      isSettings(file.name) || generationSettings.has(file.name) ? Math.min(limit - done, mostOfText) : limit - done
    await downloadFile(client, {
      who: `${id}, ${file.name}`,
      path: `/${id}/resolve/${commit}/${file.name.split('/').map(encodeURIComponent).join('/')}`,
      file,
      target: join(folder, file.name),
      root: cache.directory,
      most,
      onBytes: (bytes) => options.onProgress?.({ done: Math.min(done + bytes, total), total }),
    })
    done += file.size ?? (await stat(join(folder, file.name))).size
  }
}

function open(cache: ModelCache, listing: Listing): Promise<ModelFolder> {
  const hashes = new Map(listing.files.flatMap(({ name, hash }) => (hash?.length === 64 ? [[name, hash]] : [])))
  return ModelFolder.open(cache.folderOf(listing), { id: listing.id, boundary: cache.directory, hashes })
}
