import { DataError, parseJsonText } from '@headstart/core/load'
import type * as z from 'zod'

/**
 * What stands in a file of a saved model.
 * @throws DataError where it is not what was written.
 */
export function savedJson<T>(name: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parseJsonText(new TextDecoder().decode(bytes)))
  } catch (cause) {
    const remedy = 'The model was changed or copied in part: copy or train it again.'
    throw new DataError(name, 'what was saved', 'something else', remedy, { cause })
  }
}
