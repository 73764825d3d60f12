import { resolve } from 'node:path'
import { fileSource } from './file-source.js'
import { remoteSource } from './http-source.js'
import type { Source } from './source.js'

/** Whether it is an address and no path. */
export function isRemote(name: string): boolean {
  return /^(https?|s3):\/\//.test(name)
}

/** A source by its path or address. */
export function openSource(name: string): Source {
  return isRemote(name) ? remoteSource(name) : fileSource(resolve(name))
}
