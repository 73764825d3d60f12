import { createRequire } from 'node:module'
import type sharp from 'sharp'

let loaded: typeof sharp | undefined

/** What decodes pictures, loaded with the first of them. Required, so that bundlers leave it outside: it is a native library. */
export function loadSharp(): typeof sharp {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  loaded = require('sharp') as typeof sharp
  // For the whole process: libvips keeps what it did with a path, and would give a file's old pixels after it has changed.
  loaded.cache(false)
  return loaded
}
