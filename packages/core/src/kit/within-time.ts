import type node from 'node:vm'
import { InputError } from '../contract/errors.js'

/** Undefined in a browser, which ends what takes too long by itself, with the page. */
const vm = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:vm') as
  | typeof node
  | undefined
const slot = Symbol.for('headstart.withinTime')
const script = vm && new vm.Script(`globalThis[Symbol.for('headstart.withinTime')]()`)

/**
 * Does something that takes this thread, and ends it where it takes too long: patterns that somebody else made can take a text forever.
 * (Node alone can end a computation from outside, by a timeout of `vm`; it takes 0.1 ms.)
 * @param who What does it, in words: 'its tokenizer'.
 * @throws InputError when it has been ended
 */
export function withinTime<T>(work: () => T, milliseconds: number, who: string): T {
  if (!script) return work()
  let result: { readonly value: T } | undefined
  const place = globalThis as { [slot]?: unknown }
  const before = place[slot]
  place[slot] = () => (result = { value: work() })
  try {
    script.runInThisContext({ timeout: Math.ceil(milliseconds) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const expected = `one that ${who} reads within ${(milliseconds / 1000).toFixed(1)} s`
    throw new InputError('text', expected, 'one that takes longer', 'Leave it out, or choose another model.')
  } finally {
    place[slot] = before
  }
  return (result as unknown as { readonly value: T }).value
}
