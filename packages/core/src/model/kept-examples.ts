import * as z from 'zod'
import type { Backbone, ContentKey } from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import { isKnown } from '../contract/knowledge.js'
import type { Matrix } from '../contract/matrix.js'
import type { Target } from '../contract/target.js'
import { withColumns } from '../features/known-backbone.js'
import { sha256 } from '../kit/sha256.js'

/** Name of the file in a model's folder that holds the features of the examples. */
export const keptName = 'examples.bin'

/**
 * What a model keeps of its training examples, where that was asked for: their features, from which it can be taught more or made to
 * forget, and what they are called. It gives away what features say of the examples.
 */
export interface KeptExamples {
  /** Of the network alone, `[n, columns]`: what stands beside it is made of the names. */
  readonly features: Matrix
  readonly examples: readonly KeptExample[]
}

/** An example, by what is needed to find it again. */
export interface KeptExample {
  /** SHA-256 of its content. */
  readonly key: string
  readonly label: Target
  readonly group?: string | number
  /** What it is called: a text itself, the path of a picture. Undefined where it is neither. */
  readonly name?: string
}

/** In `headstart.json`. */
export const keptSchema: z.ZodType<readonly KeptExample[]> = z.array(
  z.object({
    key: z.string(),
    label: z.union([z.string(), z.number(), z.array(z.string())]),
    group: z.union([z.string(), z.number()]).exactOptional(),
    name: z.string().exactOptional(),
  }),
)

/** The examples as a model keeps them. */
export async function keptExamples<Input>(
  backbone: Pick<Backbone<Input>, 'contentKey'>,
  features: Matrix,
  examples: readonly { readonly input: Input; readonly label: Target; readonly group?: string | number }[],
): Promise<KeptExamples> {
  const kept = examples.map(async ({ input, label, group }): Promise<KeptExample> => {
    const name = typeof input === 'string' ? input : undefined
    return {
      key: keyOf(await backbone.contentKey(input)),
      label,
      ...(group !== undefined && { group }),
      ...(name !== undefined && { name }),
    }
  })
  return { features, examples: await Promise.all(kept) }
}

/**
 * The inputs that a model keeps, by their names.
 * @returns undefined where some are no texts, of which the name is all.
 */
export function keptInputs<Input>(examples: readonly KeptExample[]): readonly Input[] | undefined {
  const names = examples.map(({ name }) => name)
  return names.includes(undefined) ? undefined : (names as readonly unknown[] as readonly Input[])
}

/** The features of the examples as the head sees them, `[n, featureSize]`. */
export function seenBy<Input>(backbone: Backbone<Input>, { features, examples }: KeptExamples): Matrix {
  return isKnown(backbone) ? withColumns(features, backbone.parts, keptInputs(examples) ?? []) : features
}

/** The key of an input's content. */
export function keyOf(content: ContentKey): string {
  return sha256(content)
}

/** The features as bytes: float32, little-endian, row by row. */
export function packFeatures({ data }: Matrix): Uint8Array {
  const bytes = new Uint8Array(data.length * 4)
  const view = new DataView(bytes.buffer)
  data.forEach((value, place) => view.setFloat32(4 * place, value, true))
  return bytes
}

/** @throws DataError where the bytes are not those of so many examples */
export function unpackFeatures(bytes: Uint8Array, rows: number): Matrix {
  const columns = bytes.length / 4 / rows
  if (!Number.isInteger(columns)) {
    throw new DataError(keptName, `features of ${rows} examples`, `${bytes.length} bytes`, 'Train the model again.')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, (_, i) => view.getFloat32(4 * i, true)) }
}
