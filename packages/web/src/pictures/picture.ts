import { InputError } from '@headstart/core/load'

/**
 * A picture on a page: its address, absolute or from the page; its file (`File`, `Blob`) or the bytes of it; an image of the page; or
 * pixels (`ImageData`, `ImageBitmap`, a canvas). A file is read as it was saved, so rather give that than a canvas.
 */
export type Picture =
  | string
  | URL
  | Blob
  | Uint8Array
  | HTMLImageElement
  | ImageData
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas

/** What messages call a picture. */
export function nameOf(picture: Picture): string {
  if (typeof picture === 'string' || picture instanceof URL) return String(picture)
  if (picture instanceof HTMLImageElement) return picture.currentSrc || 'an image without an address'
  if (picture instanceof File) return picture.name
  if (picture instanceof Blob) return `picture of ${picture.size} bytes`
  if (picture instanceof Uint8Array) return `picture of ${picture.length} bytes`
  return `picture of ${picture.width} x ${picture.height} pixels`
}

/**
 * The file of a picture; undefined where there are pixels alone.
 * @throws InputError where it cannot be fetched.
 */
export async function fileOf(picture: Picture): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (picture instanceof Uint8Array) return new Uint8Array(picture)
  if (picture instanceof Blob) return new Uint8Array(await picture.arrayBuffer())
  if (picture instanceof HTMLImageElement) return fetched(picture.currentSrc, nameOf(picture))
  if (typeof picture === 'string' || picture instanceof URL) return fetched(picture, nameOf(picture))
  return undefined
}

async function fetched(address: string | URL, name: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response
  try {
    response = await fetch(new URL(address, document.baseURI))
  } catch (cause) {
    const got = 'none that this page may read'
    const remedy = 'Check the address. A picture of another origin needs CORS from its server.'
    throw new InputError(name, 'a picture at an address', got, remedy, { cause })
  }
  if (!response.ok) {
    throw new InputError(name, 'a picture at an address', `status ${response.status}`, 'Check the address.')
  }
  return new Uint8Array(await response.arrayBuffer())
}
