/** One step of labeling, so that it can be taken back. */
export interface Labeled {
  readonly id: string
  /** What it was before; undefined where it had none. */
  readonly before: string | undefined
  /** The label that was given; undefined where it was skipped. */
  readonly label: string | undefined
}

/** Where labeling stands. */
export interface Labeling {
  /** Those to be labeled, in the order in which they are proposed; the first is in sight. */
  readonly queue: readonly string[]
  /** What was done, the last one last. */
  readonly done: readonly Labeled[]
}

export function beginLabeling(queue: readonly string[]): Labeling {
  return { queue, done: [] }
}

/** The one in sight is given a label, or is skipped. */
export function labeled(state: Labeling, label: string | undefined, before?: string): Labeling {
  const [id, ...rest] = state.queue
  if (id === undefined) return state
  return { queue: rest, done: [...state.done, { id, before, label }] }
}

/** The last step is taken back: its example is in sight again. */
export function undone(state: Labeling): { readonly state: Labeling; readonly step: Labeled | undefined } {
  const step = state.done.at(-1)
  if (step === undefined) return { state, step }
  const queue = [step.id, ...state.queue.filter((id) => id !== step.id)]
  return { state: { queue, done: state.done.slice(0, -1) }, step }
}

/**
 * Another order of what is still to be labeled, such as a new proposal. What is in sight stays there, so that nobody labels another one
 * than they see; what was done, and skipped, does not come again.
 * @param isOld Whether it was asked for before the last label was given or taken back: that what is in sight is missing says nothing then.
 */
export function proposed(state: Labeling, queue: readonly string[], isOld = false): Labeling {
  const gone = new Set(state.done.map(({ id }) => id))
  const [seen] = state.queue
  const rest = queue.filter((id) => id !== seen && !gone.has(id))
  return { ...state, queue: seen !== undefined && (isOld || queue.includes(seen)) ? [seen, ...rest] : rest }
}

/** What a key means while labeling. `label` counts from 0. */
export type KeyMeaning =
  | { readonly do: 'label'; readonly label: number }
  | { readonly do: 'undo' | 'skip' | 'accept' }
  | undefined

/** 1 to 9 are labels, Enter takes the model's guess, u or ctrl-z takes back, s skips. */
export function meaningOf(
  key: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean },
  labels: number,
): KeyMeaning {
  const command = key.ctrlKey || key.metaKey
  if (command) return key.key.toLowerCase() === 'z' ? { do: 'undo' } : undefined
  if (key.altKey) return undefined
  if (/^[1-9]$/.test(key.key) && Number(key.key) <= labels) return { do: 'label', label: Number(key.key) - 1 }
  if (key.key === 'Enter') return { do: 'accept' }
  const letter = key.key.toLowerCase()
  return letter === 'u' ? { do: 'undo' } : letter === 's' ? { do: 'skip' } : undefined
}
