import { type MethodName, OptionError } from '@headstart/core'

/** What a row of `compare` is called. */
export type ComparedMethod = MethodName | 'zero-shot'

/** What `compare` sets side by side, in its order. */
export const methodNames = [
  'zero-shot',
  'no-transfer',
  'scratch',
  'frozen',
  'fine-tuned',
] as const satisfies readonly ComparedMethod[]

/**
 * The methods that were asked for, all of the known ones unless some were.
 * @throws OptionError for a name that is none of them.
 */
export function methodsAmong<Name extends string>(known: readonly Name[], asked: readonly string[] = known): Name[] {
  return asked.map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined)
      throw new OptionError(
        'option --methods',
        `any of ${known.join(', ')}`,
        name,
        'Correct it, or leave it out for all.',
      )
    return found
  })
}
