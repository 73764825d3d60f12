import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import {
  type Dataset,
  dataset,
  type DatasetOptions,
  type Example,
  InputError,
  type Target,
  type Kind,
} from '@headstart/core'
import { DataError, describeUnreadable, ifReadable, OptionError, toFileError } from '@headstart/core/kit'
import { type InputColumn, type LabelOf, readExamples, type ReadExamplesOptions } from '@headstart/core/kit'
import { type FoundPictures, findPictures } from './find-pictures.js'
import { type ReadFolder, readSplit, type SplitChoice } from './read-split.js'
import { hintOneDeeper, splitFolders } from './split-folders.js'
import { isAddress } from '../preprocessing/image-input.js'
import { checkImage } from '../preprocessing/read-image.js'

/** Options of `readImageDataset`. */
export interface ReadImageDatasetOptions<T extends Kind = Kind> extends ReadExamplesOptions<T> {
  /** Column of the paths in a table. Default: `path`, or a like name, which is said. */
  readonly pathColumn?: string | undefined
  /** Pictures of more pixels than this are left out, and said. Default: 100 million. */
  readonly pixelLimit?: number | undefined
  /**
   * Which part of a folder that holds `train` and `test` or `validation`, each with the folders of the classes. Default: `train`,
   * with `test` (else `validation`) as the `test` of the data set, and this is said. 'none': such folders are classes.
   */
  readonly split?: SplitChoice | undefined
  /** Pictures that cannot be read stay, and names of classes as they are spelled, for `checkData`, which says so. Default false. */
  readonly asItIs?: boolean | undefined
}

/** Where paths of pictures stand in a table. */
export function pathIn(named: string | undefined): InputColumn {
  return { role: 'path', usualNames, named }
}

const usualNames = ['file', 'filename', 'file_name', 'filepath', 'image', 'image_path', 'picture', 'photo']

/**
 * Labeled pictures, by their paths; their pixels are read when they are needed. Either a folder with one folder for
 * each class, whose name is the label, in a stable order, or with folders `train` and `test` of such folders (see `split`);
 * or a table (CSV or TSV with a header, JSONL) with the columns `path` and `label`, paths being relative to the table's folder.
 *
 * The header of each picture is read here: those that cannot be read are left out and said through `onNotice`, as is all
 * else that is left out.
 *
 * @throws DataError when there is no picture, and for what cannot be read as a table; FileError when the folder or the
 *   table cannot be read; OptionError for a task that folders cannot express.
 */
export async function readImageDataset<T extends Kind = 'classification'>(
  path: string,
  options: ReadImageDatasetOptions<T> = {},
): Promise<Dataset<string, LabelOf[T]>> {
  const { onNotice = () => {}, signal, pathColumn } = options
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  const read = async (
    examples: readonly Example<string, Target>[],
    parts: Pick<DatasetOptions<string, Target>, 'test' | 'columns'> = {},
  ) =>
    dataset(options.asItIs ? examples : await readable(path, examples, options), {
      name: basename(resolve(path)),
      ...parts,
      distinctNames: !options.asItIs,
    })
  let data: Dataset<string, Target>
  if (found.isDirectory()) {
    checkKind(path, options.kind)
    const { train, test } = await readFolder(path, options)
    data = await read(train, { test: test && (await read(test)) })
  } else {
    const { examples, columns } = await readExamples(path, pathIn(pathColumn), options)
    data = await read(
      await Promise.all(examples.map(async (row) => ({ ...row, input: await pictureAt(dirname(path), row.input) }))),
      { columns },
    )
  }
  return data as Dataset<string, LabelOf[T]>

  async function readFolder(folder: string, { split }: ReadImageDatasetOptions): Promise<ReadFolder> {
    const pictures = await findPictures(folder, signal)
    const found = split === 'none' ? undefined : splitFolders(folder, pictures)
    const read = async (part: string) => examplesOf(part, await findPictures(part, signal), onNotice)
    if (found) return readSplit(folder, found, split, onNotice, read)
    if (split !== undefined && split !== 'none') {
      const expected = 'folders train and test (or validation) with a folder for each class'
      throw new OptionError(`${folder}, option "split"`, expected, `"${split}", and no such folders`, 'Leave it out.')
    }
    const train = examplesOf(folder, pictures, onNotice)
    const hint = hintOneDeeper(folder, pictures)
    if (hint !== undefined) onNotice(hint)
    return { train }
  }
}

/** The picture that a cell of a table names: a path from the table's folder on, also with the separators of Windows, or an address. */
export async function pictureAt(folder: string, cell: string): Promise<string> {
  if (isAddress(cell)) return cell
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const path = at(cell)
  if (sep === '\\' || !cell.includes('\\')) return path
  // Elsewhere than on Windows a name can have a \ in it.
  return stat(path).then(
    () => path,
    () => at(cell.replaceAll('\\', '/')),
  )
}

/**
 * The examples whose headers can be read. What is left out is said.
 * @throws DataError where there are none.
 */
async function readable(
  path: string,
  examples: readonly Example<string, Target>[],
  { onNotice = () => {}, pixelLimit, signal }: ReadImageDatasetOptions,
): Promise<Example<string, Target>[]> {
  const readable: Example<string, Target>[] = []
  const unreadable: InputError[] = []
  for (let first = 0; first < examples.length; first += atOnce) {
    signal?.throwIfAborted()
    const some = examples.slice(first, first + atOnce)
    const checks = await Promise.all(some.map(({ input }) => ifReadable(() => checkImage(input, pixelLimit))))
    checks.forEach((check, index) => {
      if (check instanceof InputError) unreadable.push(check)
      else readable.push(some[index] as Example<string, Target>)
    })
  }
  const [first] = unreadable
  if (first && readable.length === 0) {
    const got = `none of ${examples.length}; the first: ${first.message.replace(/\.$/, '')}`
    throw new DataError(path, 'pictures that can be read', got, 'Check the files.', { cause: first })
  }
  if (first) onNotice(`${path}: ${describeUnreadable(unreadable, examples.length)}`)
  return readable
}

/** Headers that are read at once. */
const atOnce = 64

function checkKind(path: string, kind: Kind = 'classification'): void {
  if (kind === 'classification') return
  const expected = `a table (CSV, TSV or JSONL) with the columns path and label for the task ${kind}`
  throw new OptionError(
    path,
    expected,
    'a folder',
    'Folders give one class to each picture: list the pictures in a table.',
  )
}

/** Says what is left out. */
function examplesOf(
  folder: string,
  { pictures, emptyClasses, unlabeled, otherFiles, hidden, passedOver }: FoundPictures,
  onNotice: (message: string) => void,
): Example<string, string>[] {
  const [first] = unlabeled
  if (pictures.length === 0) {
    const expected = 'a folder for each class with pictures in it'
    if (first === undefined) {
      const others = otherFiles.size === 0 ? '' : `, but ${describeOthers(otherFiles)}`
      throw new DataError(folder, expected, `no picture${others}`, 'Check the path, or add pictures (JPEG, PNG, ...).')
    }
    const got = `${count(unlabeled.length, 'picture')} and no folder with any`
    throw new DataError(folder, expected, got, 'Sort them into a folder for each class, or list them in a CSV file.')
  }
  const say = (message: string): void => onNotice(`${folder}: ${message}`)
  if (first !== undefined) {
    say(
      `${count(unlabeled.length, 'picture')} in no folder of a class, such as ${basename(first)}: without a label, left out.`,
    )
  }
  if (emptyClasses.length > 0) {
    say(`no picture in ${emptyClasses.map((label) => JSON.stringify(label)).join(', ')}: left out as a class.`)
  }
  if (otherFiles.size > 0) {
    const total = [...otherFiles.values()].reduce((sum, files) => sum + files, 0)
    say(
      `${count(total, 'file')} ignored that ${total === 1 ? 'is' : 'are'} no picture by the ending: ${describeOthers(otherFiles)}.`,
    )
  }
  if (hidden > 0) say(`${count(hidden, 'hidden file or folder', 'hidden files and folders')} ignored.`)
  for (const reason of passedOver) say(`passed over: ${reason}`)
  return pictures.map(({ path, label }) => ({ input: path, label }))
}

function describeOthers(otherFiles: ReadonlyMap<string, number>): string {
  const kinds = [...otherFiles].map(([ending, files]) => `${files} ${ending === '' ? 'without an ending' : ending}`)
  return kinds.join(', ')
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
