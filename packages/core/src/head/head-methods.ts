import { OptionError } from '../contract/errors.js'
import type { HeadMethod } from './head-method.js'
import type { HeadName } from './head-method-names.js'
import { linearMethod } from './linear-method.js'
import { nearestMethod } from './nearest-method.js'
import { prototypeMethod } from './prototype-method.js'
import type { Kind } from '../contract/target.js'

/** All ways of getting from features to answers, by the name that `fineTune` knows them by. */
export const headMethods = {
  linear: linearMethod,
  prototype: prototypeMethod,
  nearest: nearestMethod,
} as const satisfies Readonly<Record<HeadName, HeadMethod>>

/**
 * The method of a name, for a kind of target.
 * @throws OptionError for a name that is not in the table, and for a head that cannot answer such questions.
 */
export function headMethod(name: HeadName, kind: Kind): HeadMethod {
  const quoted = (names: readonly string[]): string => names.map((one) => `"${one}"`).join(', ')
  const all: Readonly<Record<string, HeadMethod>> = headMethods
  const method = Object.hasOwn(all, name) ? all[name] : undefined
  if (!method) {
    throw new OptionError(
      'option "head"',
      `one of ${quoted(Object.keys(all))}`,
      `"${name}"`,
      'Leave it out for "linear".',
    )
  }
  if (method.kinds.includes(kind)) return method
  const others = Object.entries(all).filter(([, { kinds }]) => kinds.includes(kind))
  throw new OptionError(
    `head "${name}"`,
    `examples for ${method.kinds.join(' or ')}`,
    `examples for ${kind}`,
    `Use one of the heads ${quoted(others.map(([other]) => other))}.`,
  )
}
