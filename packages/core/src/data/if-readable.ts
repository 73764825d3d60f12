import type { Backbone, ContentKey } from '../contract/backbone.js'
import { InputError } from '../contract/errors.js'

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

/** Inputs that are named when some are left out. */
const named = 5

/** Says of some inputs that they cannot be read and are left out, with the reasons of the first few. */
export function describeUnreadable(errors: readonly InputError[], total: number): string {
  const reasons = errors.slice(0, named).map(({ message }) => `\n  ${message}`)
  const rest = errors.length > named ? `\n  and ${errors.length - named} more` : ''
  return `${errors.length} of ${total} inputs cannot be read and are left out:${reasons.join('')}${rest}`
}
