import type sharp from 'sharp'

let loaded: Promise<typeof sharp> | undefined

/** What decodes pictures; a native library, loaded with the first of them. */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: library }) => {
    // For the whole process: libvips keeps what it did with a path, and would give a file's old pixels after it has changed.
    library.cache(false)
    return library
  })
  return loaded
}
