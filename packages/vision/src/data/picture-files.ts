import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { OptionError } from '@headstart/core/kit'
import { loadSharp } from '../preprocessing/load-sharp.js'
import { readImage } from '../preprocessing/read-image.js'
import { findPictures, isPictureName } from './find-pictures.js'

/** A picture made small. */
export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly type: string
}

/** Pictures in memory, small ones. */
const mostThumbnails = 2000

/** Pictures by their ids, at most so many pixels wide and high; the last ones stay in memory. @param pathOf Undefined: it is gone. */
export function thumbnails(
  pathOf: (id: string) => Promise<string | undefined>,
): (id: string, size: number) => Promise<Thumbnail> {
  const made = new Map<string, Promise<Thumbnail>>()
  return async (id, size) => {
    const key = `${id} ${size}`
    const known = made.get(key)
    if (known) return known
    const path = await pathOf(id)
    if (path === undefined)
      throw new OptionError('example', 'the id of one that is there', id, 'It was taken away: load the page anew.')
    const one = thumbnailOf(path, size)
    made.set(key, one)
    if (made.size > mostThumbnails) made.delete(made.keys().next().value as string)
    void one.catch(() => made.delete(key))
    return one
  }
}

async function thumbnailOf(path: string, size: number): Promise<Thumbnail> {
  const { data, width, height } = await readImage(path)
  const bytes = await loadSharp()(Buffer.from(data.buffer, data.byteOffset, data.length), {
    raw: { width, height, channels: 3 },
  })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 82 })
    .toBuffer()
  return { bytes, type: 'image/jpeg' }
}

/** Of a file, or its bytes. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A name for a file: that of the picture, without what a disk could refuse. */
export function plainName(name: string): string {
  const base = (name.split(/[/\\]/).at(-1) ?? '')
    .replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, '-')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const short = base.length > 100 ? base.slice(0, 80) + extname(base).slice(0, 10) : base
  return isPictureName(short) ? short : `${short || 'picture'}.jpg`
}

/** However deep they lie. */
export async function everyPicture(folder: string): Promise<readonly { readonly path: string }[]> {
  const { pictures, unlabeled } = await findPictures(folder)
  return [...unlabeled.map((path) => ({ path })), ...pictures]
}

/** Of a copy that is learned from; one that is left was a killed process's. */
export const frozenPrefix = 'training-'

/** Takes away copies that a killed process left. */
export async function removeFrozen(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(frozenPrefix)) await rm(join(folder, name), { recursive: true, force: true })
}
