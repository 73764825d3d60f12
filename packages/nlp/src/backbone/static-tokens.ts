import { parseJsonText } from '@headstart/core/load'
import type { JsonValue, Network, Preprocessing, RunOptions, TunableBackbone } from '@headstart/core'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import { float32, GraphBuilder, Session, tensor, type Tensors } from '@headstart/onnx'
import { tokenizedTextLoader } from '../preprocessing/tokenized-text.js'

/** Tokens that are encoded at once. */
const atOnce = 256
/** Most tokens of a vocabulary whose vectors are kept: 100 MB of 512 numbers each. */
const usualTokens = 50_000
/** Tokens of a text that a student reads where its model reads all of it, in parts. */
const longest = 2 ** 14

/** Options of `staticTokens`. */
export interface StaticTokensOptions extends RunOptions {
  /** Most tokens whose vectors are kept: those of the texts, then the first of the vocabulary. Default 50,000. */
  readonly mostTokens?: number
}

/**
 * What an encoder makes of each token by itself, once: a text is the sum of the vectors of its tokens, rare ones counting for more
 * (ln(1 + rank), for a vocabulary that begins with the most frequent), of length 1. It knows nothing of order and context, and
 * takes a fraction of the time (Tulkens and van Dongen, "Model2Vec", 2024). Tokens that stand in every text, at its ends and of a
 * prefix, are left out.
 *
 * @param texts Of the kind that is asked.
 * @throws OptionError for an encoder of whose tokens the vocabulary is not known
 */
export async function staticTokens(
  encoder: TunableBackbone<string>,
  texts: readonly string[],
  { mostTokens = usualTokens, signal, onEvent }: StaticTokensOptions = {},
): Promise<TunableBackbone<string>> {
  const { network, preprocessing, featureSize, id } = encoder
  const size = vocabularySize(preprocessing)
  if (size === undefined) {
    const expected = 'a model on an encoder whose vocabulary is known, such as the built-in one or one of the hub'
    throw new OptionError('student', expected, `one on "${id}"`, 'Keep the model itself.')
  }
  const frame = await frameOf(preprocessing, texts)
  const kept = await keptTokens(preprocessing, texts, frame, size, mostTokens)
  // What has no vector is nothing: the last row.
  const table = new Float32Array((kept.length + 1) * featureSize)
  await using session = await Session.create(network.graph, { spin: false, guarded: true })
  const output = network.graph.outputs[0]?.name as string
  for (let first = 0; first < kept.length; first += atOnce) {
    signal?.throwIfAborted()
    const batch = kept.slice(first, first + atOnce)
    const feeds = preprocessing.collate(batch.map((token) => frame.around(token))) as Tensors
    const vectors = (await session.run(feeds, [output]))[output]?.data as Float32Array
    batch.forEach((token, row) => {
      const weight = frame.tokens.has(token) ? 0 : Math.log(1 + token)
      const own = vectors.subarray(row * featureSize, (row + 1) * featureSize)
      table.set(
        weight === 0 ? new Float32Array(featureSize) : own.map((value) => value * weight),
        (first + row) * featureSize,
      )
    })
    onEvent?.({ type: 'features', done: first + batch.length, total: kept.length, cached: 0 })
  }
  return networkBackbone({
    id: `${id}/static`,
    modality: 'text',
    network: sumOfTokens(table, kept, size, featureSize),
    preprocessing: await tokensAlone(preprocessing),
    // Rows of a table cost next to nothing.
    batchCost: 2 ** 14,
  })
}

/** Numbers of tokens from 0 on; undefined where no vocabulary that is known says it. */
function vocabularySize({ files }: Preprocessing<string>): number | undefined {
  const [own, published] = ['vocab.json', 'tokenizer.json'].map((name) => {
    const bytes = files.get(name)
    return bytes && (parseJsonText(new TextDecoder().decode(bytes)) as JsonValue)
  })
  if (Array.isArray(own)) return own.length
  if (!published) return undefined
  const { model, added_tokens: added = [] } = published as unknown as {
    readonly model?: { readonly vocab?: readonly unknown[] | Readonly<Record<string, number>> }
    readonly added_tokens?: readonly { readonly id: number }[]
  }
  const vocab = model?.vocab ?? []
  const ids = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab as Record<string, number>)
  return [...ids, ...added.map((token) => token.id)].reduce((most, token) => Math.max(most, token + 1), 0) || undefined
}

/** What preparation makes of a text: tokens, or those of each of its parts. */
type Prepared = readonly number[] | readonly (readonly number[])[]

async function tokensOf(preprocessing: Preprocessing<string>, text: string): Promise<readonly number[]> {
  return ((await preprocessing.prepare(text)) as Prepared).flat()
}

/** Tokens that stand in every text, and a token between them as the encoder takes it. */
async function frameOf(preprocessing: Preprocessing<string>, texts: readonly string[]) {
  const empty = (await preprocessing.prepare('')) as Prepared
  const every = empty.flat()
  const own = await firstLonger(preprocessing, texts, every.length)
  const before = every.findIndex((token, place) => token !== own[place])
  const after = every.toReversed().findIndex((token, place) => token !== own.at(-1 - place))
  const lead = before < 0 ? every.length : before
  const tail = Math.min(after < 0 ? every.length : after, every.length - lead)
  const isInParts = Array.isArray(empty[0])
  return {
    tokens: new Set(every),
    around(token: number): Prepared {
      const whole = [...every.slice(0, lead), token, ...every.slice(every.length - tail)]
      return isInParts ? [whole] : whole
    },
  }
}

/** The tokens of the first text that has some of its own. */
async function firstLonger(
  preprocessing: Preprocessing<string>,
  texts: readonly string[],
  length: number,
): Promise<readonly number[]> {
  for (const text of texts) {
    const tokens = await tokensOf(preprocessing, text)
    if (tokens.length > length) return tokens
  }
  return []
}

/** Numbers of the tokens whose vectors are kept, ascending: all, or of a large vocabulary those of the texts and the first ones. */
async function keptTokens(
  preprocessing: Preprocessing<string>,
  texts: readonly string[],
  frame: { readonly tokens: ReadonlySet<number> },
  size: number,
  most: number,
): Promise<readonly number[]> {
  if (size <= most) return Array.from({ length: size }, (_, token) => token)
  const kept = new Set(frame.tokens)
  for (const text of texts)
    for (const token of await tokensOf(preprocessing, text)) if (kept.size < most) kept.add(token)
  for (let token = 0; kept.size < most; token++) kept.add(token)
  return [...kept].toSorted((a, b) => a - b)
}

/** The same reading of texts, of which tokens and their mask alone are taken. */
async function tokensAlone(preprocessing: Preprocessing<string>): Promise<Preprocessing<string>> {
  const { id, config, files } = preprocessing
  if (id !== tokenizedTextLoader.id) return preprocessing
  const inputs = ['input_ids', 'attention_mask'].map((name) => ({ name, type: 'int64' }))
  const inOne = config['longTexts'] === 'split' ? { longTexts: 'truncate', maxLength: longest } : {}
  return tokenizedTextLoader.load({ ...config, inputs, ...inOne }, files)
}

/** @param table Vectors of the kept tokens, then one of zeros: `[kept.length + 1, size]`. */
function sumOfTokens(table: Float32Array, kept: readonly number[], vocabulary: number, size: number): Network {
  const g = new GraphBuilder('static tokens')
  const ids = g.input('input_ids', 'int64', ['batch', 'tokens'])
  const mask = g.op('Cast', [g.input('attention_mask', 'int64', ['batch', 'tokens'])], { to: 1 })
  const rows = new BigInt64Array(vocabulary).fill(BigInt(kept.length))
  kept.forEach((token, row) => (rows[token] = BigInt(row)))
  const rowOf = g.op('Gather', [g.weight('rows', tensor('int64', [vocabulary], rows)), ids])
  const vectors = g.op('Gather', [g.weight('vectors', float32([kept.length + 1, size], table)), rowOf])
  const row = g.op('Unsqueeze', [mask, g.ints([1])])
  const sum = g.op('Reshape', [g.op('MatMul', [row, vectors]), g.ints([-1, size])])
  const squares = g.op('ReduceSum', [g.op('Mul', [sum, sum]), g.ints([-1])], { keepdims: 1 })
  const length = g.op('Max', [g.op('Sqrt', [squares]), g.scalar(1e-6)])
  g.output('static_features', g.op('Div', [sum, length]), 'float32', ['batch', size])
  return { graph: g.build(), stages: [{ name: 'tokens', output: 'static_features' }] }
}
