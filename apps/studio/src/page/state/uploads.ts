import { signal } from '@preact/signals'
import { type Dropped, kindOf, mostly } from '../view/dropped.js'
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

/** Brings files into the project, which it begins where there is none: with pictures or tables, by what most of them are. */
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
  const waiting = [...known]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name, file } = next
      try {
        const { added, doubles, refused } = await store.studio.addFile(name, file, label)
        state = {
          ...state,
          added: state.added + added,
          doubles: state.doubles + doubles,
          refused: [...state.refused, ...refused],
        }
      } catch (error) {
        state = { ...state, refused: [...state.refused, { name, message: (error as Error).message }] }
      }
      state = { ...state, done: state.done + 1 }
      upload.value = state
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, known.length) }, work))
  await store.refresh()
}

async function begin(store: Store, files: readonly Dropped[]): Promise<boolean> {
  const brings = mostly(files) === 'picture' ? 'picture' : 'text'
  const kind = store.project.value?.kinds.find((kind) => kind.brings === brings)
  if (!kind) return false
  return (await store.attempt(() => store.studio.create({ task: kind.task }))) !== undefined && (await ready(store))
}

async function ready(store: Store): Promise<boolean> {
  await store.refresh()
  return store.brings.value !== null
}

/** What became of it, in a sentence. */
export function uploadInWords({ done, total, added, doubles, refused }: Upload): string {
  if (done < total) return `${done} of ${total} files …`
  const parts = [`${count(added, 'example')} added`]
  if (doubles > 0) parts.push(`${count(doubles, 'was there already', 'were there already')}`)
  if (refused.length > 0) parts.push(`${count(refused.length, 'could not be taken', 'could not be taken')}`)
  return `${parts.join(', ')}.`
}
