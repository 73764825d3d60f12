import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type BenchExample, type Brought, InputError, type Move, type Place } from '@headstart/core'
import { ContentIds, type ExampleFiles, freeName, type Frozen, labelProblem } from '@headstart/core/kit'
import { errorCode, makeFolder, OptionError, toFileError, writeFileAtomically } from '@headstart/core/kit'
import { readImage } from '../preprocessing/read-image.js'
import { findPictures, isPictureName } from './find-pictures.js'
import { everyPicture, frozenPrefix, hashOf, plainName, removeFrozen, thumbnails } from './picture-files.js'

/** Folders of a project: with one folder for each class in it, and those beside it. */
const names = { data: 'data', unlabeled: 'unlabeled', removed: 'removed' }

/** What lies in the folders. */
interface Pictures {
  /** The same for the same pictures in the same places. */
  readonly key: string
  readonly all: readonly Found[]
  readonly byId: ReadonlyMap<string, Found>
  readonly examples: readonly BenchExample[]
}

interface Found {
  readonly id: string
  readonly path: string
  readonly label: string | null
  readonly kind: 'data' | 'unlabeled' | 'removed'
}

/** Pictures in folders: a folder for each class, one for those without a label, one for those that were taken away. */
export function pictureFolders(folder: string): ExampleFiles<string> {
  const at = {
    data: join(folder, names.data),
    unlabeled: join(folder, names.unlabeled),
    removed: join(folder, names.removed),
  }
  /** Hashes of files by their place on the disk, size and time: each is read once, also where it is moved. */
  const hashes = new Map<string, string>()
  let last: Pictures | undefined
  /** When the folders were looked through; what happens here is known without another look. */
  let lookedAt = 0

  async function contentOf(path: string): Promise<string> {
    const { size, mtimeMs, ino, dev } = await stat(path)
    const key = `${dev} ${ino} ${size} ${mtimeMs}`
    const known = hashes.get(key)
    if (known !== undefined) return known
    const hash = hashOf(await readFile(path))
    hashes.set(key, hash)
    return hash
  }

  /** @param fresh Milliseconds for which a look at the folders holds. */
  async function read(fresh = 1000): Promise<Pictures> {
    if (last && performance.now() - lookedAt < fresh) return last
    const labeled = (await isFolder(at.data)) ? (await findPictures(at.data)).pictures : []
    const paths = [
      ...labeled.map((picture) => ({ ...picture, kind: 'data' as const })),
      ...(await picturesIn(at.unlabeled)).map((path) => ({ path, label: null, kind: 'unlabeled' as const })),
      ...(await picturesIn(at.removed)).map((path) => ({ path, label: null, kind: 'removed' as const })),
    ]
    // Gone since it was listed: another program, or another studio.
    const contents = await inTurns(paths, ({ path }) => contentOf(path).catch(() => undefined))
    const ids = new ContentIds()
    const all = paths.flatMap((one, row): Found[] => {
      const content = contents[row]
      return content === undefined ? [] : [{ ...one, id: ids.of(content) }]
    })
    lookedAt = performance.now()
    const now = picturesOf(all)
    // The same list for the same pictures, whatever came first.
    return (last = last?.key === now.key ? { ...now, examples: last.examples } : now)
  }

  /** What was done here, without another look. */
  function know(byId: ReadonlyMap<string, Found>): void {
    last = picturesOf([...byId.values()])
  }

  const found = async (id: string): Promise<Found | undefined> => last?.byId.get(id) ?? (await read(0)).byId.get(id)

  /** The folder of a place; it is made where it is not there. */
  async function folderOf(place: Place): Promise<string> {
    const path =
      place === null ? at.removed : place.label === null ? at.unlabeled : join(at.data, folderName(place.label))
    await makeFolder(path).catch((error: unknown) => {
      throw toFileError(error, path, 'write')
    })
    return path
  }

  return {
    files: { data: names.data, unlabeled: names.unlabeled },
    async list() {
      return (await read()).examples
    },
    async input(id) {
      return (await found(id))?.path
    },
    async move(moves) {
      for (const { to } of moves) if (to !== null && to.label !== null) folderName(to.label)
      const byId = new Map((await read()).byId)
      const missing: string[] = []
      const left = new Set<string>()
      const taken = new Map<string, Set<string>>()
      for (const { id, to } of moves) {
        const one = byId.get(id)
        if (!one) {
          missing.push(id)
          continue
        }
        if (to === null ? one.kind === 'removed' : one.kind !== 'removed' && one.label === to.label) continue
        const target = await folderOf(to)
        const others = taken.get(target) ?? new Set(await readdir(target))
        taken.set(target, others)
        const name = freeName(basename(one.path), (other) => others.has(other))
        const path = join(target, name)
        try {
          await rename(one.path, path)
        } catch (error) {
          lookedAt = 0
          if (errorCode(error) !== 'ENOENT') throw toFileError(error, one.path, 'write')
          missing.push(id)
          byId.delete(id)
          continue
        }
        others.add(name)
        if (one.kind === 'data') left.add(dirname(one.path))
        byId.set(id, foundAt(id, path, to))
      }
      know(byId)
      // A class without pictures is none.
      for (const path of left) if (path !== at.data) await rmdir(path).catch(() => {})
      return missing
    },
    async add(brought) {
      const refused: { name: string; message: string }[] = []
      const added: Move[] = []
      let doubles = 0
      let byId = new Map((await read()).byId)
      for (const one of brought) {
        try {
          const { name, bytes, label } = pictureOf(one)
          await readImage(bytes).catch((error: Error) => {
            throw error instanceof InputError ? new InputError(name, error.expected, error.got, error.remedy) : error
          })
          const id = new ContentIds().of(hashOf(bytes))
          const there = byId.get(id)
          const to = { label }
          if (there && there.kind !== 'removed' && (label === null || there.label !== null)) doubles++
          else if (there) {
            know(byId)
            await this.move([{ id, to }])
            byId = new Map((await read()).byId)
            added.push({ id, to })
          } else {
            const target = await folderOf(to)
            const taken = new Set(await readdir(target))
            const path = join(
              target,
              freeName(plainName(name), (other) => taken.has(other)),
            )
            await writeFileAtomically(path, bytes)
            byId.set(id, foundAt(id, path, to))
            added.push({ id, to })
          }
        } catch (error) {
          if (!(error instanceof InputError || error instanceof OptionError)) throw error
          refused.push({ name: 'name' in one ? one.name : one.text.slice(0, 80), message: error.message })
        }
      }
      if (added.length > 0) know(byId)
      return { added, doubles, refused }
    },
    picture: thumbnails(async (id) => (await found(id))?.path),
    async freeze() {
      for (let tries = 0; ; tries++) {
        // In the order in which whoever reads the folder finds them.
        const labeled = (await read(0)).all.filter(({ kind }) => kind === 'data')
        await removeFrozen(folder)
        const path = await mkdtemp(join(folder, frozenPrefix)).catch((error: unknown) => {
          throw toFileError(error, folder, 'write')
        })
        const close = (): Promise<void> => rm(path, { recursive: true, force: true })
        const idOf = new Map<string, string>()
        try {
          for (const { id, path: from } of labeled) {
            const to = join(path, relative(at.data, from))
            await mkdir(dirname(to), { recursive: true })
            // The same file under a second name: what is moved or taken away meanwhile stays under this one.
            await link(from, to).catch(() => copyFile(from, to))
            idOf.set(to, id)
          }
        } catch (error) {
          await close()
          // Another program moved one since it was listed: once more.
          if (errorCode(error) === 'ENOENT' && tries < 3) continue
          throw toFileError(error, path, 'write')
        }
        return {
          path,
          examples: labeled.map(({ id, label }) => ({ id, label: label as string })),
          ids: (inputs) => inputs.map((input) => idOf.get(String(input)) ?? ''),
          close,
        } satisfies Frozen
      }
    },
  }
}

function picturesOf(all: readonly Found[]): Pictures {
  return {
    key: all
      .map(({ id, path }) => `${id} ${path}`)
      .sort()
      .join('\n'),
    all,
    byId: new Map(all.map((one) => [one.id, one])),
    examples: all
      .filter(({ kind }) => kind !== 'removed')
      .map(({ id, label, path }): BenchExample => ({ id, label, shown: { type: 'picture', name: basename(path) } })),
  }
}

function foundAt(id: string, path: string, to: Place): Found {
  if (to === null) return { id, path, label: null, kind: 'removed' }
  return { id, path, label: to.label, kind: to.label === null ? 'unlabeled' : 'data' }
}

/** Some dozens at once. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let first = 0; first < items.length; first += 64)
    results.push(...(await Promise.all(items.slice(first, first + 64).map(work))))
  return results
}

/**
 * Where in a folder there is a folder of pictures for each class: '.' for itself, or one in it. No deeper is looked: it can be somebody's
 * whole disk.
 */
export async function findPictureFolders(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const name of ['.', ...(await foldersIn(folder)).sort()]) {
    if (name === names.removed || name.startsWith(frozenPrefix)) continue
    for (const label of (await classFolders(folder, name)).slice(0, looked))
      if ((await picturesIn(join(folder, name, label))).length > 0) {
        found.push(name)
        break
      }
  }
  return found
}

/** Folders of classes; of a project's own folder all but those that it has for itself. */
export async function classFolders(folder: string, name: string): Promise<string[]> {
  const inside = await foldersIn(join(folder, name))
  return name === '.' ? inside.filter((one) => !ours.has(one) && !one.startsWith(frozenPrefix)) : inside
}

const ours = new Set([...Object.values(names), 'pictures', 'model', 'exports'])

/** Folders that are looked into for pictures. */
const looked = 100

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
}

/** The folders of a new project. Pictures that lie in another folder already are taken over under a second name. */
export async function createPictureFolders(folder: string, found: string | undefined): Promise<void> {
  for (const name of [names.data, names.unlabeled]) await makeFolder(join(folder, name))
  if (found === undefined || found === names.data) return
  for (const label of await classFolders(folder, found)) {
    const from = join(folder, found, label)
    for (const { path } of await everyPicture(from)) {
      const to = join(folder, names.data, label, relative(from, path))
      await makeFolder(dirname(to))
      await link(path, to).catch(() => copyFile(path, to))
    }
  }
}

async function picturesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const pictures = entries.filter(({ name }) => !name.startsWith('.') && isPictureName(name)).map(({ name }) => name)
  return pictures.sort().map((name) => join(folder, name))
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** A picture that somebody brings; its class is the folder that it came in. */
function pictureOf(one: Brought): { name: string; bytes: Uint8Array; label: string | null } {
  if (!('bytes' in one)) throw new OptionError('example', 'a picture', 'a text', 'Drop a file, or use the camera.')
  const parts = one.name.split(/[/\\]/)
  const above = parts.at(-2)
  const label = one.label === undefined ? (above ?? null) : one.label
  if (label !== null) folderName(label)
  return { name: one.name, bytes: one.bytes, label }
}

/** A class as the name of its folder. @throws OptionError where no folder can be called that. */
function folderName(label: string): string {
  const problem = labelProblem(label)
  if (problem !== undefined) throw new OptionError('label', 'the name of a class', problem, 'Choose another name.')
  if (!/[<>:"/\\|?*]/.test(label) && !label.startsWith('.') && !label.endsWith('.') && !reserved.test(label))
    return label
  const expected = `a name that a folder can have: without < > : " / \\ | ? *, and without a point at its ends`
  throw new OptionError(
    'label',
    expected,
    JSON.stringify(label),
    'Choose another name: pictures of a class lie in a folder.',
  )
}

/** Names that Windows keeps for itself. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i
