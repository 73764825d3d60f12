import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { type BenchExample, InputError, type Kind } from '@headstart/core'
import {
  type ExampleFiles,
  type Frozen,
  labelProblem,
  labelWanted,
  makeFolder,
  OptionError,
  RowFile,
  tableFiles,
  toFileError,
  writeFileAtomically,
} from '@headstart/core/kit'
import { readImage } from '../preprocessing/read-image.js'
import { everyPicture, frozenPrefix, hashOf, plainName, removeFrozen, thumbnails } from './picture-files.js'
import { classFolders } from './picture-folders.js'
import { pathIn } from './read-image-dataset.js'

/** Where the pictures lie, whatever their labels. */
const place = 'pictures'
const columns = { text: 'path', label: 'label' }

/**
 * Pictures whose labels are no names of folders, several or a number: as rows of tables, by their paths. What a picture is called has a part
 * of its content in it, so that one that is brought again is known.
 */
export function pictureTable(folder: string, kind: Kind): ExampleFiles<string> {
  const table = tableFiles(folder, { input: pathIn(undefined), columns, kind })
  let last: { readonly from: readonly BenchExample[]; readonly shown: readonly BenchExample[] } | undefined

  const list = async (): Promise<readonly BenchExample[]> => {
    const from = await table.list()
    if (last?.from !== from) last = { from, shown: from.map((one) => ({ ...one, shown: pictureOf(one) })) }
    return last.shown
  }
  const pathOf = async (id: string): Promise<string | undefined> => {
    const path = await table.input(id)
    return path === undefined ? undefined : join(folder, path)
  }

  return {
    files: table.files,
    list,
    input: pathOf,
    move: (moves) => table.move(moves),
    picture: thumbnails(pathOf),
    async add(brought) {
      const refused: { name: string; message: string }[] = []
      const rows: { text: string; label: string | null }[] = []
      for (const one of brought) {
        try {
          if (!('bytes' in one)) throw new OptionError('example', 'a picture', 'a text', 'Drop a file.')
          await readImage(one.bytes).catch((error: Error) => {
            throw error instanceof InputError
              ? new InputError(one.name, error.expected, error.got, error.remedy)
              : error
          })
          const label = one.label === undefined ? folderIn(one.name, kind) : one.label
          const problem = label === null ? undefined : labelProblem(label, kind)
          if (problem !== undefined)
            throw new OptionError('label', labelWanted[kind], problem, 'Correct it: the picture was not taken.')
          rows.push({ text: await kept(folder, one), label })
        } catch (error) {
          if (!(error instanceof InputError || error instanceof OptionError)) throw error
          refused.push({ name: 'name' in one ? one.name : one.text.slice(0, 80), message: error.message })
        }
      }
      const outcome = await table.add(rows)
      return { ...outcome, refused: [...refused, ...outcome.refused] }
    },
    async freeze() {
      const labeled = (await table.list()).filter(({ label }) => label !== null)
      await removeFrozen(folder)
      const path = await mkdtemp(join(folder, frozenPrefix)).catch((error: unknown) => {
        throw toFileError(error, folder, 'write')
      })
      const close = (): Promise<void> => rm(path, { recursive: true, force: true })
      const idOf = new Map<string, string>()
      try {
        const rows = labeled.map(({ id, label, shown }) => ({ id, path: rowPath(shown), label: label as string }))
        for (const { id, path: own } of rows) {
          const [from, to] = [join(folder, own), join(path, own)]
          await mkdir(dirname(to), { recursive: true })
          // The same file under a second name: what is taken away meanwhile stays under this one.
          await link(from, to).catch(() => copyFile(from, to))
          idOf.set(to, id)
        }
        const copy = new RowFile(join(path, table.files.data), [columns.text, columns.label])
        await copy.write(rows)
        return {
          path: copy.path,
          examples: rows,
          ids: (inputs) => inputs.map((input) => idOf.get(String(input)) ?? ''),
          close,
        } satisfies Frozen
      } catch (error) {
        await close()
        throw toFileError(error, path, 'write')
      }
    },
  }
}

/** The files of a new project. Pictures that lie in folders already, each named after what they show, begin with that label. */
export async function createPictureTable(folder: string, found: string | undefined, kind: Kind): Promise<void> {
  const files = pictureTable(folder, kind)
  await makeFolder(join(folder, place))
  for (const [name, own] of [
    [files.files.data, [columns.text, columns.label]],
    [files.files.unlabeled, [columns.text]],
  ] as const) {
    const table = new RowFile(join(folder, name), own)
    if ((await table.rows()).length === 0) await table.write([])
  }
  if (found === undefined) return
  for (const label of await classFolders(folder, found))
    for (const { path } of await everyPicture(join(folder, found, label)))
      await files.add([{ name: `${label}/${basename(path)}`, bytes: await readFile(path) }])
}

/** Writes a picture that is not there yet. @returns Its path from the folder on. */
async function kept(
  folder: string,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<string> {
  const hash = hashOf(bytes).slice(0, 12)
  const at = join(folder, place)
  await makeFolder(at)
  const there = (await readdir(at)).find((one) => one.includes(hash))
  if (there !== undefined) return `${place}/${there}`
  const plain = plainName(name)
  const ending = extname(plain)
  const file = `${basename(plain, ending)}-${hash}${ending}`
  await writeFileAtomically(join(at, file), bytes)
  return `${place}/${file}`
}

/** The label of a picture that somebody brings: the folder that it came in, where that can be one. */
function folderIn(name: string, kind: Kind): string | null {
  const above = name.split(/[/\\]/).at(-2)
  return above === undefined || labelProblem(above, kind) !== undefined ? null : above
}

function pictureOf({ shown }: BenchExample): BenchExample['shown'] {
  // As somebody called it, without the part of its content.
  return { type: 'picture', name: basename(rowPath(shown)).replace(/-[\da-f]{12}(?=\.\w+$)/, '') }
}

/** The path in a row. */
function rowPath(shown: BenchExample['shown']): string {
  return shown.type === 'text' ? shown.text : ''
}
