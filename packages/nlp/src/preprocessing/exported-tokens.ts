import type { JsonObject, NodesBefore, OnnxInput, TransformersInput } from '@headstart/core'
import { GraphBuilder, int64, type Value } from '@headstart/onnx'
import type { TokenInput } from './token-input.js'

/** A tokenizer as others read it. */
export interface ExportedTokenizer {
  /** `tokenizer.json`, with the length to which texts are cut and the filling of a batch. */
  readonly tokenizer: object
  /** `tokenizer_config.json`. */
  readonly config: JsonObject
  readonly before?: NodesBefore | undefined
}

const encoder = new TextEncoder()

/** Texts as the pipeline `text-classification` of Transformers.js makes tokens of them. */
export function tokensForTransformers({ tokenizer, config, before }: ExportedTokenizer): TransformersInput {
  return {
    pipeline: 'text-classification',
    kinds: ['classification', 'multi-label'],
    // It hands tokens to a network as they are, whatever is inside.
    family: { type: 'bert', architecture: 'BertForSequenceClassification' },
    files: new Map([
      ['tokenizer.json', encoder.encode(JSON.stringify(tokenizer))],
      ['tokenizer_config.json', encoder.encode(`${JSON.stringify(config, null, 2)}\n`)],
    ]),
    before,
  }
}

/** Texts for whoever runs the network from one ONNX file: with the tokenizer in its metadata, for Hugging Face's library. */
export function tokensForOnnx({ tokenizer, before }: Omit<ExportedTokenizer, 'config'>): OnnxInput {
  return { metadata: { 'headstart.tokenizer': JSON.stringify(tokenizer) }, before }
}

/** What `tokenizer.json` says of cutting texts to a length and filling up a batch. */
export function cutAndFilled(maxLength: number, padding: { readonly id: number; readonly token: string }): object {
  return {
    truncation: { direction: 'Right', max_length: maxLength, strategy: 'LongestFirst', stride: 0 },
    padding: {
      strategy: 'BatchLongest',
      direction: 'Right',
      pad_to_multiple_of: null,
      pad_id: padding.id,
      pad_type_id: 0,
      pad_token: padding.token,
    },
  }
}

/** What `tokenNodes` needs to know. */
export interface TokenNodesOptions {
  readonly inputs: readonly TokenInput[]
  readonly maxLength: number
  /** Special tokens at the end of every text. */
  readonly after: readonly number[]
  readonly firstPosition: number
}

/**
 * From what tokenizers give, int64 `input_ids`, `attention_mask` and `token_type_ids`, `[batch, sequence]`, to the inputs of an
 * encoder: positions are counted, int32 is int32, and a text that was cut ends with its special tokens. Transformers.js cuts
 * these off with the rest.
 */
export function tokenNodes({ inputs, maxLength, after, firstPosition }: TokenNodesOptions): NodesBefore {
  const g = new GraphBuilder('tokens')
  const dims = ['batch', 'sequence']
  const given = new Map<string, Value>()
  const take = (name: TokenInput['name']): Value => {
    const value = given.get(name) ?? g.input(name, 'int64', dims)
    given.set(name, value)
    return value
  }
  const make: Record<TokenInput['name'], () => Value> = {
    input_ids: () => endingWith(g, take('input_ids'), take('attention_mask'), after, maxLength),
    attention_mask: () => take('attention_mask'),
    token_type_ids: () => take('token_type_ids'),
    position_ids: () => positions(g, take('input_ids'), firstPosition),
  }
  const wiring: Record<string, string> = {}
  for (const { name, type } of inputs) {
    const value = make[name]()
    wiring[name] = `tokens/${name}`
    g.output(wiring[name], type === 'int32' ? g.op('Cast', [value], { to: 6 }) : value, type, dims)
  }
  return { graph: g.build(), wiring }
}

/** The ids, of which a row of the full length ends with some tokens. */
function endingWith(g: GraphBuilder, ids: Value, mask: Value, after: readonly number[], maxLength: number): Value {
  if (after.length === 0) return ids
  const ends = Array.from({ length: maxLength }, (_, place) => after[place - (maxLength - after.length)] ?? -1)
  const length = lengthOf(g, ids)
  const end = g.op('Slice', [g.weight('ends', int64([maxLength], ends)), g.ints([0]), length, g.ints([0])])
  const last = g.op('Slice', [mask, g.ints([-1]), g.ints([Number.MAX_SAFE_INTEGER]), g.ints([1])])
  const isFull = g.op('And', [g.op('Greater', [last, g.ints(0)]), g.op('Equal', [length, g.ints([maxLength])])])
  return g.op('Where', [g.op('And', [isFull, g.op('Greater', [end, g.ints(-1)])]), end, ids])
}

function positions(g: GraphBuilder, ids: Value, first: number): Value {
  const end = g.op('Add', [g.op('Squeeze', [lengthOf(g, ids)]), g.ints(first)])
  return g.op('Expand', [g.op('Range', [g.ints(first), end, g.ints(1)]), g.op('Shape', [ids])])
}

/** `[1]`: tokens of a row. */
function lengthOf(g: GraphBuilder, ids: Value): Value {
  return g.op('Slice', [g.op('Shape', [ids]), g.ints([1]), g.ints([2])])
}
