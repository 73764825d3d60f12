import { DataError, type Model, rowOf } from '@headstart/core/load'

/** A training text that is like another one. */
export interface NearText {
  readonly text: string
  readonly intent: string
  /** Cosine of their features, as seen from the mean of all. */
  readonly likeness: number
}

/** The training texts that a text is most like: see `Chatbot.nearest`. */
export async function nearestTexts(
  { kept, backbone }: Pick<Model<string>, 'kept' | 'backbone'>,
  text: string,
  count: number,
): Promise<NearText[]> {
  if (!kept) {
    const remedy = 'Train it with the option keep (on the command line: --keep).'
    throw new DataError('chatbot', 'one that keeps its texts', 'one that does not', remedy)
  }
  const { features, examples } = kept
  const mean = new Float64Array(features.columns)
  for (let row = 0; row < features.rows; row++)
    rowOf(features, row).forEach((value, column) => (mean[column] = (mean[column] as number) + value / features.rows))
  const own = rowOf(await backbone.embed([text]), 0)
  return examples
    .map(({ name = '', label }, row) => ({
      text: name,
      intent: String(label),
      likeness: cosine(own, rowOf(features, row), mean),
    }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, count)
}

function cosine(a: Float32Array, b: Float32Array, from: Float64Array): number {
  let [product, squaresA, squaresB] = [0, 0, 0]
  for (let i = 0; i < from.length; i++) {
    const [x, y] = [(a[i] as number) - (from[i] as number), (b[i] as number) - (from[i] as number)]
    product += x * y
    squaresA += x * x
    squaresB += y * y
  }
  return product / (Math.sqrt(squaresA * squaresB) || 1)
}
