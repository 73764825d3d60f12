import { createRequire } from 'node:module'
import { packageError } from '@headstart/core/kit'
import type sharp from 'sharp'

let loaded: typeof sharp | undefined

/**
 * What decodes pictures, loaded with the first of them. Required, so that bundlers leave it outside: it is a native library.
 * @throws FileError when it is not there
 */
export function loadSharp(): typeof sharp {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  try {
    loaded = require('sharp') as typeof sharp
  } catch (cause) {
    throw packageError('@headstart/vision', 'sharp', cause)
  }
  return loaded
}
