import type { EmbedOptions, TunableBackbone } from '../contract/backbone.js'
import type { InputError } from '../contract/errors.js'
import { rowOf, zeroMatrix } from '../contract/matrix.js'
import type { SharedBackbones } from '../contract/task.js'
import { contentKeys } from '../data/if-readable.js'
import { cacheKey } from './cache-key.js'

/** Bytes of features that a backbone with several models remembers. */
const remembered = 4 * 2 ** 20

/** A backbone, for as long as a model has it. */
interface Held {
  readonly backbone: TunableBackbone<never>
  readonly embed: TunableBackbone<never>['embed']
  users: number
}

/**
 * Backbones that several models have in common: weights are in memory once, and what all of the models are asked about runs through the
 * network once. One that no model has any more is closed.
 */
export function sharedBackbones(): SharedBackbones {
  const held = new Map<string, Held>()
  return {
    take<Input>(key: string, make: () => TunableBackbone<Input>): TunableBackbone<Input> {
      const known = held.get(key) ?? newlyHeld(make())
      held.set(key, known)
      known.users++
      let isOpen = true
      const backbone = known.backbone as unknown as TunableBackbone<Input>
      const close = async (): Promise<void> => {
        if (isOpen) known.users--
        isOpen = false
        if (known.users > 0) return
        if (held.get(key) === known) held.delete(key)
        await backbone.close?.()
      }
      return Object.defineProperties({} as TunableBackbone<Input>, {
        ...Object.getOwnPropertyDescriptors(backbone),
        embed: {
          enumerable: true,
          // With one model there is nobody to remember for.
          value: (inputs: readonly never[], options?: EmbedOptions) =>
            (known.users > 1 ? known : known.backbone).embed(inputs, options),
        },
        close: { enumerable: true, value: close },
        [Symbol.asyncDispose]: { value: close },
      })
    },
  }
}

function newlyHeld<Input>(backbone: TunableBackbone<Input>): Held {
  return {
    backbone: backbone as unknown as TunableBackbone<never>,
    embed: rememberingLately(backbone) as TunableBackbone<never>['embed'],
    users: 0,
  }
}

/** The forward pass that remembers what it was asked lately, and joins what is asked while it runs. */
function rememberingLately<Input>(backbone: TunableBackbone<Input>): TunableBackbone<Input>['embed'] {
  const most = Math.max(1, Math.floor(remembered / (4 * backbone.featureSize)))
  /** The longest ago first. An input that cannot be read is not remembered. */
  const rows = new Map<string, Promise<Float32Array | undefined>>()
  const compute = async (inputs: readonly Input[], options: EmbedOptions): Promise<(Float32Array | InputError)[]> => {
    if (inputs.length === 0) return []
    const errors = new Map<number, InputError>()
    const features = await backbone.embed(inputs, {
      ...options,
      onUnreadable: (at, error) => void errors.set(at, error),
    })
    return inputs.map((_, at) => errors.get(at) ?? rowOf(features, at).slice())
  }
  return async (inputs, options = {}) => {
    // Bits that do not depend on company are wanted of what is kept.
    if (options.steady) return backbone.embed(inputs, options)
    const { signal, onProgress, onUnreadable } = options
    const keys = await contentKeys((input: Input) => backbone.contentKey(input), inputs)
    const found = keys.map((content) => {
      if (content instanceof Error) return undefined
      const key = cacheKey('', content)
      const row = rows.get(key)
      if (row) {
        rows.delete(key)
        rows.set(key, row)
      }
      return { key, row }
    })
    const missing = found.flatMap((one, at) => (one?.row ? [] : [at]))
    const computing = compute(
      missing.map((at) => inputs[at] as Input),
      { signal, onProgress },
    )
    missing.forEach((at, place) => {
      const key = found[at]?.key
      if (key === undefined) return
      const row = computing.then((all) => (all[place] instanceof Float32Array ? all[place] : undefined))
      const forget = (): void => void (rows.get(key) === row && rows.delete(key))
      row.then((value) => value ?? forget(), forget)
      rows.set(key, row)
    })
    for (const key of rows.keys()) {
      if (rows.size <= most) break
      rows.delete(key)
    }
    const features = zeroMatrix(inputs.length, backbone.featureSize)
    const place = (at: number, row: Float32Array | InputError): void => {
      if (row instanceof Float32Array) return rowOf(features, at).set(row)
      if (!onUnreadable) throw row
      onUnreadable(at, row)
    }
    const computed = await computing
    missing.forEach((at, nth) => place(at, computed[nth] as Float32Array | InputError))
    const lost: number[] = []
    for (const [at, one] of found.entries()) {
      if (!one?.row) continue
      // Who asked for it before may have gone away, and taken it along.
      const row = await one.row.catch(() => undefined)
      if (row) place(at, row)
      else lost.push(at)
    }
    if (lost.length > 0) {
      const again = await compute(
        lost.map((at) => inputs[at] as Input),
        { signal },
      )
      lost.forEach((at, nth) => place(at, again[nth] as Float32Array | InputError))
    }
    return features
  }
}
