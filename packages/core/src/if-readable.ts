import type { Backbone, ContentKey } from './backbone.js'
import { InputError } from './errors.js'

/** Inputs that are read at once. */
const atOnce = 64

/** The content key of each input; in place of one that cannot be read, the reason. */
export async function contentKeys<Input>(
  contentKey: Backbone<Input>['contentKey'],
  inputs: readonly Input[],
): Promise<(ContentKey | InputError)[]> {
  const keys: (ContentKey | InputError)[] = []
  for (let first = 0; first < inputs.length; first += atOnce) {
    const some = inputs.slice(first, first + atOnce)
    keys.push(...(await Promise.all(some.map((input) => ifReadable(() => contentKey(input))))))
  }
  return keys
}

/** What reading an input gives, or why it cannot be read. */
export async function ifReadable<T>(read: () => T | Promise<T>): Promise<T | InputError> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
}
