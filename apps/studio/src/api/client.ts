import type {
  Added,
  AddRows,
  Answered,
  Changed,
  CheckResult,
  ConfirmLabels,
  Confusion,
  CreateProject,
  Curve,
  ExamplesPage,
  ExamplesQuery,
  Explained,
  Exported,
  FeatureMap,
  Fitting,
  JobState,
  Limits,
  Misses,
  Problem,
  Project,
  Proposals,
  Question,
  RecordChoices,
  RemoveExamples,
  RenameLabel,
  Replies,
  Run,
  SetLabels,
  StudioEvent,
  TakeAway,
  TrainRequest,
} from './types.js'

/** What the studio says in the place of an answer. */
export class StudioProblem extends Error {
  override readonly name = 'StudioProblem'
  readonly status: number
  /** @param status Of HTTP; 0 where there was no answer: the studio has ended. */
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** The header without which nothing is changed: a form of another site cannot send it. */
export const studioHeader = 'x-headstart-studio'

/** A file with the folders that it comes from: 'de/messages.json'. */
export interface NamedFile {
  readonly name: string
  readonly file: Blob
}

/** All that a page can ask the studio, by one function each. @param base Address of the studio, without a slash at the end. */
export function connect(base = '', send: typeof fetch = (...args) => fetch(...args)) {
  const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const headers = { ...(init.headers as Record<string, string> | undefined), [studioHeader]: '1' }
    const response = await send(`${base}/api/${path}`, { ...init, headers }).catch((cause: unknown) => {
      if ((cause as Error).name === 'AbortError') throw cause
      throw new StudioProblem('The studio does not answer. Is it still running?', 0)
    })
    if (response.ok) return (await response.json()) as T
    const said = (await response.json().catch(() => undefined)) as Problem | undefined
    throw new StudioProblem(
      said?.error.message ?? `The studio answered with status ${response.status}.`,
      response.status,
    )
  }
  const get = <T>(path: string, query: object = {}): Promise<T> => {
    const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
    const words = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()
    return call<T>(words ? `${path}?${words}` : path)
  }
  const post = <T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> =>
    call<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    })
  const postFiles = <T>(path: string, files: readonly NamedFile[]): Promise<T> => {
    const body = new FormData()
    for (const { name, file } of files) body.append(name, file, 'file')
    return call<T>(path, { method: 'POST', body })
  }
  return {
    project: () => get<Project>('project'),
    /** The kinds of projects that such files could begin, that which makes most of them first. Of a picture the name says enough. */
    fits: (files: readonly NamedFile[]) => postFiles<Fitting[]>('fits', files),
    create: (request: CreateProject) => post<Project>('project', request),
    /** Calls with each event, connecting again by itself. @param onLost Called where it has to. @returns Ends it. */
    events(onEvent: (event: StudioEvent) => void, onLost: () => void = () => {}): () => void {
      const source = new EventSource(`${base}/api/events`)
      source.addEventListener('message', ({ data }) => onEvent(JSON.parse(data as string) as StudioEvent))
      source.addEventListener('error', onLost)
      return () => source.close()
    },

    examples: (query: ExamplesQuery = {}) => get<ExamplesPage>('examples', query),
    /** Address of the picture of an example, as PNG or JPEG, at most `size` pixels wide and high. */
    picture: (id: string, size = 160): string => `${base}/api/examples/${encodeURIComponent(id)}/picture?size=${size}`,
    addRows: (request: AddRows) => post<Added>('examples', request),
    /**
     * One dropped file: a table, whose rows are added, or a picture. One request each, so that a broken one spoils no other.
     * @param name With the folders it was dropped in, `cat/1.jpg`: the folder of a picture is its label where `label` is undefined.
     */
    addFile: (name: string, bytes: Blob, label?: string) =>
      call<Added>(`files?${new URLSearchParams({ name, ...(label !== undefined && { label }) }).toString()}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes,
      }),
    /** Files that may say something together alone, such as the catalogs of two languages. */
    addFiles: (files: readonly NamedFile[]) => postFiles<Added>('files/together', files),
    recordChoices: (request: RecordChoices) => post<Changed>('choices', request),
    setLabels: (request: SetLabels) => post<Changed>('labels', request),
    remove: (request: RemoveExamples) => post<Changed>('remove', request),
    rename: (request: RenameLabel) => post<Changed>('rename', request),
    undo: () => post<Changed>('undo'),
    redo: () => post<Changed>('redo'),
    /** Of each label that there is anything said to. */
    replies: () => get<Replies[]>('replies'),
    setReplies: (request: Replies) => post<Replies[]>('replies', request),
    next: (count = 10) => get<Proposals>('next', { count }),

    /** Null: nothing was checked yet. */
    check: () => get<CheckResult | null>('check'),
    startCheck: () => post<JobState>('check'),
    confirm: (request: ConfirmLabels) => post<Changed>('confirm', request),

    train: (request: TrainRequest = {}) => post<JobState>('train', request),
    cancel: () => post<JobState | null>('cancel'),
    /** Newest first. */
    runs: () => get<Run[]>('runs'),

    /** Null: there is no model, or it was trained elsewhere. */
    confusion: () => get<Confusion | null>('look/confusion'),
    misses: () => get<Misses | null>('look/misses'),
    limits: () => get<Limits | null>('look/limits'),
    map: () => get<FeatureMap>('look/map'),
    /** `[ids, components]`, see `FeatureMap.components`. */
    async components(): Promise<Float32Array> {
      const response = await send(`${base}/api/look/components`, { headers: { [studioHeader]: '1' } })
      if (!response.ok) throw new StudioProblem('The features cannot be had.', response.status)
      return new Float32Array(await response.arrayBuffer())
    },
    curve: () => get<Curve | null>('look/curve'),
    startCurve: () => post<JobState>('look/curve'),

    ask: (question: Question, signal?: AbortSignal) => post<Answered>('try', question, signal),
    explain: (question: Question, signal?: AbortSignal) => post<Explained>('explain', question, signal),

    takeAway: () => get<TakeAway>('take'),
    export: (format: string) => post<Exported>('export', { format }),
  }
}

export type Studio = ReturnType<typeof connect>
