import type { MethodName } from '@headstart/core'
import { InvalidArgumentError } from 'commander'

/** What a row of `compare` is called. */
export type ComparedMethod = MethodName | 'zero-shot'

/** What `compare` sets side by side, in its order. */
export const methodNames = ['zero-shot', 'no-transfer', 'scratch', 'frozen', 'fine-tuned'] as const satisfies readonly ComparedMethod[]

/** A flag's value as names of methods, separated by commas. */
export function methods(text: string): ComparedMethod[] {
  return text.split(',').map((part) => {
    const name = methodNames.find((known) => known === part.trim())
    if (!name) throw new InvalidArgumentError(`Expected any of ${methodNames.join(', ')}.`)
    return name
  })
}
