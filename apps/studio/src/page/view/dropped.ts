import type { Fitting, LabelKind } from '../../api/types.js'

/** A file that was dropped or chosen, with the folders that it came in: 'cat/1.jpg'. */
export interface Dropped {
  readonly name: string
  readonly file: File
}

/** What a file is, by the ending of its name. */
export function kindOf(name: string): 'picture' | 'table' | undefined {
  if (/\.(jpe?g|png|gif|webp|bmp|avif|tiff?|heic)$/i.test(name)) return 'picture'
  if (/\.(csv|tsv|jsonl?|ndjson|txt|parquet|po|tmx)$/i.test(name)) return 'table'
  return undefined
}

/** What says what files are: their names, and how tables begin. */
export function beginningsOf(files: readonly Dropped[]): readonly { readonly name: string; readonly file: Blob }[] {
  let left = most.bytes
  return files.slice(0, most.files).map(({ name, file }) => {
    const beginning = file.slice(0, kindOf(name) === 'picture' ? 0 : Math.min(most.each, left))
    left -= beginning.size
    return { name, file: beginning }
  })
}

const most = { files: 300, each: 4 * 2 ** 20, bytes: 32 * 2 ** 20 }

/** What can be begun with something: a task, and what its labels are. */
export interface Way {
  readonly task: string
  /** Undefined: the usual. */
  readonly kind?: LabelKind | undefined
}

/** The tasks that make about as much of files as the first does, with each kind that the labels can be: of several ways somebody says which. */
export function likelyWays(fits: readonly Fitting[]): readonly Way[] {
  return fits
    .filter(({ fit }) => fit > 0.8 * (fits[0]?.fit ?? 0))
    .flatMap(({ task, kinds }) => kinds.map((kind) => ({ task, kind })))
}

/** Files of a drop, with those in folders; what begins with a dot belongs to the system. */
export async function filesOf(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<readonly Dropped[]> {
  // Entries must be taken before anything is waited for: the list is empty afterwards.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? [])
  const plain = [...transfer.files].map((file) => ({ name: file.name, file }))
  const found = entries.length === 0 ? plain : (await Promise.all(entries.map((entry) => walk(entry)))).flat()
  return found.filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
}

/** Files of an input, with those in folders. */
export function filesChosen(files: Iterable<File>): readonly Dropped[] {
  return [...files]
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
}

async function walk(entry: FileSystemEntry, folder = ''): Promise<Dropped[]> {
  const name = folder + entry.name
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ name, file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Dropped[] = []
  // A reader gives some hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const one of some) found.push(...(await walk(one, `${name}/`)))
  }
}
