import { signal } from '@preact/signals'
import { beginningsOf, type Dropped, kindOf, likelyWays, type Way } from '../view/dropped.js'
import { count } from '../view/words.js'
import type { Store } from './store.js'

/** How far files are on their way into the project. */
export interface Upload {
  readonly done: number
  readonly total: number
  readonly added: number
  readonly doubles: number
  readonly refused: readonly { readonly name: string; readonly message: string }[]
}

export const upload = signal<Upload | undefined>(undefined)

/** So many files are sent side by side: while one is written the next is read. */
const AT_ONCE = 4

/** What was dropped where there is no project yet, and can be read in several ways, or in none that is known by itself. */
export interface Unclear {
  readonly files: readonly Dropped[]
  /** The likeliest first. */
  readonly ways: readonly Way[]
}

/** What is waiting for somebody to say what it is. */
export const unclear = signal<Unclear | undefined>(undefined)

/** While it is found out what was dropped. */
export const looking = signal(false)

/** Tables of so many bytes are sent together. */
const mostTogether = 32 * 2 ** 20

/** Brings files into the project, which it begins where there is none: of the task that makes most of them. */
export async function bring(store: Store, files: readonly Dropped[], label?: string): Promise<void> {
  const known = files.filter(({ name }) => kindOf(name) !== undefined)
  if (known.length === 0) {
    const names = files.slice(0, 3).map(({ name }) => name)
    const got = files.length === 0 ? 'there was none' : `these were ${names.join(', ')}`
    store.say(`Expected pictures, or tables such as .csv; ${got}. Choose others.`, true)
    return
  }
  if (store.brings.value === null && !(await begin(store, known))) return
  let state: Upload = {
    done: 0,
    total: files.length,
    added: 0,
    doubles: 0,
    refused: files
      .filter((file) => !known.includes(file))
      .map(({ name }) => ({ name, message: 'It is neither a picture nor a table.' })),
  }
  state = { ...state, done: state.refused.length }
  upload.value = state
  const tell = (outcome: Pick<Upload, 'added' | 'doubles' | 'refused'>, files: number): void => {
    state = {
      ...state,
      done: state.done + files,
      added: state.added + outcome.added,
      doubles: state.doubles + outcome.doubles,
      refused: [...state.refused, ...outcome.refused],
    }
    upload.value = state
  }
  const failed = (name: string, error: unknown) => {
    return { added: 0, doubles: 0, refused: [{ name, message: (error as Error).message }] }
  }
  const together = label === undefined ? tablesTogether(known) : []
  if (together.length > 0) {
    const names = together.map(({ name }) => name).join(', ')
    const outcome = await store.studio.addFiles(together).catch((error: unknown) => failed(names, error))
    tell(outcome, together.length)
  }
  const waiting = known.filter((file) => !together.includes(file))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name, file } = next
      tell(await store.studio.addFile(name, file, label).catch((error: unknown) => failed(name, error)), 1)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, known.length) }, work))
  await store.refresh()
}

/** Begins a project of the kind that somebody chose, with what was dropped. */
export async function bringAs(store: Store, way: Way, files: readonly Dropped[]): Promise<void> {
  unclear.value = undefined
  if (await create(store, way)) await bring(store, files)
}

/** Several tables may say something together alone; many bytes go one by one. */
function tablesTogether(files: readonly Dropped[]): readonly Dropped[] {
  const tables = files.filter(({ name }) => kindOf(name) === 'table')
  const bytes = tables.reduce((sum, { file }) => sum + file.size, 0)
  return tables.length > 1 && bytes <= mostTogether ? tables : []
}

async function begin(store: Store, files: readonly Dropped[]): Promise<boolean> {
  unclear.value = undefined
  looking.value = true
  const fits = await store.attempt(() => store.studio.fits(beginningsOf(files))).finally(() => (looking.value = false))
  if (!fits) return false
  const ways = likelyWays(fits)
  const [way, another] = ways
  if (way !== undefined && another === undefined) return create(store, way)
  unclear.value = { files, ways }
  return false
}

async function create(store: Store, { task, kind }: Way): Promise<boolean> {
  if (!(await store.attempt(() => store.studio.create({ task, kind })))) return false
  await store.refresh()
  return store.brings.value !== null
}

/** What became of it, in a sentence. @param thing What was added, in one word. */
export function uploadInWords({ done, total, added, doubles, refused }: Upload, thing = 'example'): string {
  if (done < total) return `${done} of ${total} files …`
  const parts = [`${count(added, thing)} added`]
  if (doubles > 0) parts.push(`${count(doubles, 'was there already', 'were there already')}`)
  if (refused.length > 0) parts.push(`${count(refused.length, 'could not be taken', 'could not be taken')}`)
  return `${parts.join(', ')}.`
}
