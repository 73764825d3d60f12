import { type Network, type TunableBackbone } from '@headstart/core'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import { float32, GraphBuilder, Session, tensor, type Tensor } from '@headstart/onnx'

/** Tokens that are encoded at once. */
const atOnce = 256
/** Most tokens of a vocabulary whose vectors are kept: 100 MB of 512 numbers each. */
const mostTokens = 50_000

/**
 * What an encoder makes of each token by itself, once: a text is the sum of the vectors of its tokens, rare ones counting for more
 * (ln(1 + rank), for a vocabulary that begins with the most frequent), of length 1. It knows nothing of order and context, and
 * takes a fraction of the time (Tulkens and van Dongen, "Model2Vec", 2024).
 *
 * @param tokens Number of tokens of the vocabulary.
 * @throws OptionError for a vocabulary that is too large, and for an encoder that takes more than tokens and their mask
 */
export async function staticTokens(encoder: TunableBackbone<string>, tokens: number): Promise<TunableBackbone<string>> {
  const { network, preprocessing, featureSize, id } = encoder
  const names = network.graph.inputs.map(({ name }) => name)
  if (tokens > mostTokens || names.some((name) => name !== 'input_ids' && name !== 'attention_mask')) {
    const expected = `an encoder of at most ${mostTokens} tokens, which takes these and their mask`
    throw new OptionError(
      'student',
      expected,
      `"${id}" with ${tokens} tokens and ${names.join(', ')}`,
      'Keep the model.',
    )
  }
  const table = new Float32Array(tokens * featureSize)
  await using session = await Session.create(network.graph, { spin: false })
  for (let first = 0; first < tokens; first += atOnce) {
    const count = Math.min(atOnce, tokens - first)
    const column = (value: (row: number) => number): Tensor =>
      tensor(
        'int64',
        [count, 1],
        BigInt64Array.from({ length: count }, (_, row) => BigInt(value(row))),
      )
    const feeds = { input_ids: column((row) => first + row), attention_mask: column(() => 1) }
    const features = (await session.run(feeds))[network.graph.outputs[0]?.name as string]
    table.set(features?.data as Float32Array, first * featureSize)
  }
  for (let row = 0; row < tokens; row++) {
    const weight = Math.log(1 + row)
    for (let i = row * featureSize; i < (row + 1) * featureSize; i++) table[i] = (table[i] as number) * weight
  }
  return networkBackbone({
    id: `${id}/static`,
    modality: 'text',
    network: sumOfTokens(table, tokens, featureSize),
    preprocessing,
    // Rows of a table cost next to nothing.
    batchCost: 2 ** 14,
  })
}

function sumOfTokens(table: Float32Array, tokens: number, size: number): Network {
  const g = new GraphBuilder('static tokens')
  const ids = g.input('input_ids', 'int64', ['batch', 'tokens'])
  const mask = g.op('Cast', [g.input('attention_mask', 'int64', ['batch', 'tokens'])], { to: 1 })
  const vectors = g.op('Gather', [g.weight('vectors', float32([tokens, size], table)), ids])
  const row = g.op('Unsqueeze', [mask, g.ints([1])])
  const sum = g.op('Reshape', [g.op('MatMul', [row, vectors]), g.ints([-1, size])])
  const squares = g.op('ReduceSum', [g.op('Mul', [sum, sum]), g.ints([-1])], { keepdims: 1 })
  const length = g.op('Max', [g.op('Sqrt', [squares]), g.scalar(1e-6)])
  g.output('static_features', g.op('Div', [sum, length]), 'float32', ['batch', size])
  return { graph: g.build(), stages: [{ name: 'tokens', output: 'static_features' }] }
}
