import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Lets go of what loading a model left behind: the bytes of its file, and weights that another model has already. V8 would get round
 * to it after several loads, and the allocator keeps the room that was needed most for good: of a hundred heads on one backbone
 * that was four times its weights.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('globalThis.gc') as (() => void) | undefined
  setFlagsFromString('--no-expose-gc')
  collect?.()
}
