import { createReadStream } from 'node:fs'
import { toFileError } from '@headstart/core/kit'
import type { Source } from './source.js'

/** A file that all machines reach under the same path. */
export function fileSource(path: string): Source {
  return {
    name: path,
    path,
    async *read(range, signal) {
      if (range && range.end <= range.start) return
      try {
        yield* createReadStream(path, { ...(range && { start: range.start, end: range.end - 1 }), signal })
      } catch (error) {
        signal?.throwIfAborted()
        throw toFileError(error, path, 'read')
      }
    },
  }
}
