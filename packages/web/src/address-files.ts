import { FileError, manifestName, type ModelFiles, ModelFolderError } from '@headstart/core/load'

/**
 * The files of a model that lie at an address, as a server has them.
 *
 * Reading one throws a ModelFolderError where a page came in its place, and a FileError where the server, the way to it or its
 * leave (CORS) is missing.
 */
export function addressFiles(address: URL, signal?: AbortSignal): ModelFiles {
  const folder = new URL(address)
  if (!folder.pathname.endsWith('/')) folder.pathname += '/'
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const file = new URL(name, folder)
    // Asked for anew, so that files of an older model in the browser's cache are not mixed with those of a newer one.
    const response = await fetch(file, { cache: 'no-cache', signal: signal ?? null }).catch(async (cause: unknown) => {
      signal?.throwIfAborted()
      throw await whyNotFetched(file, cause)
    })
    if (response.status === 404 || response.status === 410) return undefined
    if (!response.ok) {
      const got = `${response.status} ${response.statusText}`.trim()
      throw new FileError('environment', file.href, 'a server that gives it', got, 'Ask whoever runs the server.')
    }
    if (response.headers.get('content-type')?.startsWith('text/html')) {
      const got = 'an HTML page, with which this server answers what it does not have'
      const remedy = 'Check the address, and that the folder is served as it was saved.'
      throw new ModelFolderError(folder.href, `the file ${name}`, got, remedy)
    }
    try {
      return new Uint8Array(await response.arrayBuffer())
    } catch (cause) {
      signal?.throwIfAborted()
      throw new FileError('environment', file.href, 'the whole file', 'a part of it', 'Load it again.', { cause })
    }
  }
  let manifest: Promise<Uint8Array | undefined> | undefined
  return {
    name: folder.href,
    // It is asked for twice: what is it, and what is in it?
    read: (name) => (name === manifestName ? (manifest ??= read(name)) : read(name)),
    describe: async () => 'an address without it',
  }
}

/** A browser does not say why it could not fetch, so that pages learn nothing of other servers. */
async function whyNotFetched(file: URL, cause: unknown): Promise<FileError> {
  const problem = (expected: string, got: string, remedy: string): FileError =>
    new FileError('environment', file.href, expected, got, remedy, { cause })
  if (!navigator.onLine) return problem('a network', 'none: the browser is offline', 'Load it again when there is one.')
  if (file.origin !== location.origin) {
    // What a page may not read, it may still send for.
    const isThere = await fetch(file, { mode: 'no-cors' }).then(
      () => true,
      () => false,
    )
    if (isThere) {
      const expected = `leave to be read by pages of ${location.origin}`
      const remedy = `Have its server send "Access-Control-Allow-Origin: ${location.origin}", or serve the model with the page.`
      return problem(expected, 'none: it is of another origin, and its server sends no CORS header', remedy)
    }
  }
  return problem('a server that answers', 'none', 'Check the address, and that the server is running.')
}
