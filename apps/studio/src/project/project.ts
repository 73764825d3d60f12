import { access, constants, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type {
  AnyTask,
  Bench,
  BenchExample,
  BenchMaker,
  BenchSnapshot,
  Brought,
  BroughtIn,
  LabelKind,
  Move,
  Place,
} from '@headstart/core'
import { HeadstartError } from '@headstart/core'
import { classesOf, counted, makeFolder, OptionError, toFileError, writeFileAtomically } from '@headstart/core/kit'
import { History } from './history.js'
import { holdFolder } from './hold-folder.js'
import { Journal } from './journal.js'
import { oddLabels } from './odd-labels.js'
import { type Manifest, manifestName, readManifest, writeManifest } from './manifest.js'

/** A task as the studio is handed it. */
export interface StudioTask {
  readonly name: string
  load(): Promise<AnyTask>
}

export type AnyBench = Bench<unknown, unknown>

/** What is open once a kind was chosen. */
export interface Opened {
  readonly task: AnyTask
  readonly maker: BenchMaker<unknown, unknown>
  readonly bench: AnyBench
  readonly journal: Journal
  readonly history: History
  /** The network that was named when the studio was opened. */
  readonly network: string | undefined
  manifest: Manifest
}

/** What became of a change. */
export interface ChangeOutcome {
  readonly changed: number
  readonly missing: readonly string[]
}

/** A folder that holds data, a model and what was done. All changes go through it, one after another. */
export class Project {
  readonly folder: string
  readonly tasks: readonly StudioTask[]
  readonly writable: boolean
  readonly #network: string | undefined
  /** Grows with each change of the data. */
  revision = Date.now()
  readonly notices: string[] = []
  readonly #release: () => Promise<void>
  readonly #onChange: (notice?: string) => void
  #opened: Opened | undefined
  #last: readonly BenchExample[] | undefined
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    folder: string,
    tasks: readonly StudioTask[],
    writable: boolean,
    network: string | undefined,
    release: () => Promise<void>,
    onChange: (notice?: string) => void,
  ) {
    this.#network = network
    this.folder = folder
    this.tasks = tasks
    this.writable = writable
    this.#release = release
    this.#onChange = onChange
  }

  /**
   * @param network To begin with, where somebody named one.
   * @param onChange Called where the project is otherwise than it was, with what is to be said of it.
   * @throws OptionError where another studio has the folder; FileError for what is no folder, or no project.
   */
  static async open(
    path: string,
    tasks: readonly StudioTask[],
    network: string | undefined,
    onChange: (notice?: string) => void,
  ): Promise<Project> {
    const folder = resolve(path)
    let release = async (): Promise<void> => {}
    let problem: string | undefined
    try {
      await makeFolder(folder)
      await access(folder, constants.W_OK)
      release = await holdFolder(folder)
    } catch (error) {
      // What can be read can be looked at.
      const isThere = await readdir(folder).then(
        () => true,
        () => false,
      )
      if (error instanceof OptionError) throw error
      if (!isThere) throw toFileError(error, folder, 'write')
      problem = `${folder} cannot be written: look and try, but nothing is changed. ${(error as Error).message}`
    }
    const project = new Project(folder, tasks, problem === undefined, network, release, onChange)
    try {
      if (problem !== undefined) project.notices.push(problem)
      const manifest = await readManifest(folder)
      if (manifest) await project.#begin(manifest)
    } catch (error) {
      await release()
      throw error
    }
    return project
  }

  /** Undefined while nobody chose what it is. */
  get opened(): Opened | undefined {
    return this.#opened
  }

  /** @throws OptionError while nobody chose what it is. */
  get open(): Opened {
    if (this.#opened) return this.#opened
    throw new OptionError('project', 'one whose kind is chosen', 'an empty folder', 'Choose first what it is about.')
  }

  /** The examples as the files are now, between two changes; as they were last where a file cannot be read. */
  async examples(): Promise<readonly BenchExample[]> {
    return this.#inTurn(() => this.#examples())
  }

  /** Of the data that are learned from, as they are now. */
  async fingerprint(): Promise<string> {
    return this.#inTurn(() => this.open.bench.fingerprint())
  }

  async #examples(): Promise<readonly BenchExample[]> {
    const { bench } = this.open
    try {
      const list = await bench.list()
      if (this.#last !== undefined && list !== this.#last) {
        this.revision++
        this.#last = list
        this.#onChange('Another program changed the data: they were read anew, and nothing was lost.')
      }
      this.#last = list
      this.#clear(unreadable)
      return list
    } catch (error) {
      if (!(error instanceof HeadstartError) || !this.#last) throw error
      this.#say(`${unreadable} ${error.message}`)
      return this.#last
    }
  }

  /** Makes a new project of the folder. */
  async create(
    name: string,
    { data, sample, kind }: { data?: string | undefined; sample?: boolean | undefined; kind?: LabelKind | undefined },
  ): Promise<void> {
    await this.exclusive(async () => {
      if (this.#opened) {
        const remedy = 'Choose another folder for another project.'
        throw new OptionError(
          'project',
          'a folder that is none yet',
          `one of the task ${this.#opened.task.name}`,
          remedy,
        )
      }
      const task = await taskNamed(this.tasks, name)
      const maker = task.bench
      if (!maker) {
        const remedy = 'Train it by: headstart train. Or choose another task.'
        throw new OptionError('task', 'one whose data are built up in a studio', `"${name}"`, remedy)
      }
      if (data !== undefined && !(await maker.find(this.folder)).includes(data)) {
        throw new OptionError('data', 'data of that kind in the folder', data, 'Choose one of those that are listed.')
      }
      const kinds = maker.kinds ?? [usualKind]
      const chosen = kind ?? kinds[0]
      if (!kinds.includes(chosen))
        throw new OptionError('kind', `one of ${kinds.join(', ')}`, chosen, 'Choose another one.')
      if (sample && chosen !== kinds[0])
        throw new OptionError('sample', `labels of the kind ${kinds[0]}`, chosen, 'Begin with your own data.')
      if (sample) await writeSample(task, this.folder, maker)
      else await maker.create(this.folder, data, chosen)
      const manifest: Manifest = {
        format: 'headstart-project',
        version: 1,
        task: name,
        kind: chosen,
        labels: [],
        confirmed: [],
      }
      await writeManifest(this.folder, manifest)
      await this.#begin(manifest)
      this.revision++
    })
    this.#onChange()
  }

  async add(brought: readonly Brought[]): Promise<BroughtIn> {
    return this.exclusive(async () => {
      const { bench, journal } = this.open
      const before = await this.#places()
      const outcome = await bench.add(brought)
      const moved = outcome.added.filter(({ id }) => bench.labels || !before.has(id))
      if (bench.labels && moved.length > 0) {
        await journal.begin(
          `${counted(moved.length, 'example')} added`,
          moved.map(({ id, to }) => ({ id, from: before.get(id) ?? null, to })),
        )
        await journal.end(async () => {})
      }
      await this.#learnLabels(moved)
      await this.#changed()
      const odd = oddLabels(
        outcome.added.flatMap(({ to }) => to?.label ?? []),
        this.open.manifest.kind,
      )
      if (bench.labels && odd !== undefined) this.#onChange(odd)
      return outcome
    })
  }

  /** @param what In words, for undo. */
  async move(what: string, moves: readonly Move[]): Promise<ChangeOutcome> {
    return this.exclusive(async () => {
      const { bench, journal } = this.open
      const now = await this.#places()
      const known = moves.filter(({ id }) => now.has(id))
      const changes = known
        .map(({ id, to }) => ({ id, from: now.get(id) ?? null, to }))
        .filter(({ from, to }) => from?.label !== to?.label || (from === null) !== (to === null))
      const gone = moves.filter(({ id }) => !now.has(id)).map(({ id }) => id)
      if (changes.length === 0) return { changed: 0, missing: gone }
      await journal.begin(what, changes)
      const missing = await journal.end(() => bench.move(changes))
      await this.#learnLabels(changes)
      await this.#changed()
      return { changed: changes.length - missing.length, missing: [...gone, ...missing] }
    })
  }

  async record(user: string, items: readonly string[]): Promise<ChangeOutcome> {
    return this.exclusive(async () => {
      const { bench, journal } = this.open
      if (!bench.record) throw new OptionError('project', 'a shop', 'examples with labels', 'Label them.')
      const moves = await bench.record(user, items)
      await journal.begin(
        `${user} took ${counted(items.length, 'item')}`,
        moves.map(({ id, to }) => ({ id, from: null, to })),
      )
      await journal.end(async () => {})
      await this.#changed()
      return { changed: moves.length, missing: [] }
    })
  }

  /** Replaces what is said to the examples of a label. */
  async reply(label: string, texts: readonly string[]): Promise<void> {
    await this.exclusive(async () => {
      const { replies } = this.open.bench
      if (!replies) throw new OptionError('project', 'one in which something is said', 'another', 'Label its examples.')
      await replies.write(label, texts)
      await this.#changed()
    })
  }

  /** What was said to the examples of a label is said to those of another one. */
  async renameReplies(from: string, to: string): Promise<void> {
    const { replies } = this.open.bench
    const said = await replies?.list()
    if (said?.[from] === undefined) return
    await this.reply(to, [...(said[to] ?? []), ...said[from]])
    await this.reply(from, [])
  }

  /** The data as they are between two changes. Whoever has it closes it. */
  async snapshot(): Promise<BenchSnapshot<unknown, unknown>> {
    return this.exclusive(() => this.open.bench.snapshot())
  }

  async undo(): Promise<ChangeOutcome> {
    return this.#step('undo')
  }
  async redo(): Promise<ChangeOutcome> {
    return this.#step('redo')
  }

  /** Keeps in the project what is no example: which labels are right. */
  async keep(change: Partial<Pick<Manifest, 'labels' | 'confirmed'>>): Promise<void> {
    await this.exclusive(async () => {
      const { open } = this
      open.manifest = { ...open.manifest, ...change }
      await writeManifest(this.folder, open.manifest)
    })
    this.#onChange()
  }

  /** One after another. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (!this.writable) {
      const remedy = 'Give the folder to the user that the studio runs as, or copy it to another place.'
      throw new OptionError(this.folder, 'a folder that can be written', 'one that cannot', remedy)
    }
    return this.#inTurn(work)
  }

  /** After what is under way. */
  async close(): Promise<void> {
    await this.#queue
    await this.#release()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work, work)
    this.#queue = next.catch(() => {})
    return next
  }

  async #begin(manifest: Manifest): Promise<void> {
    const task = await taskNamed(this.tasks, manifest.task)
    if (!task.bench) throw new OptionError(manifestName, 'a task with a studio', task.name, 'Update headstart.')
    const bench = task.bench.open(this.folder, manifest.kind)
    const journal = await Journal.open(this.folder)
    const { left } = journal
    if (left && this.writable) {
      const moves = left.entry.changes.map((change) => ({ id: change.id, to: change[left.way] }))
      await journal.end(() => bench.move(moves))
    }
    const history = await History.open(this.folder)
    this.#opened = { task, maker: task.bench, bench, journal, history, network: this.#network, manifest }
    await this.#examples()
  }

  async #step(way: 'undo' | 'redo'): Promise<ChangeOutcome> {
    return this.exclusive(async () => {
      const { bench, journal } = this.open
      const entry = journal[way]
      if (!entry) throw new OptionError(way, 'something that was done', 'nothing', 'Change something first.')
      const [is, to] = way === 'undo' ? (['to', 'from'] as const) : (['from', 'to'] as const)
      const now = await this.#places()
      // What was changed since, by another program, stays as it is now.
      const same = entry.changes.filter((change) => !bench.labels || placeOf(now, change.id) === textOf(change[is]))
      const missing = entry.changes.filter((change) => !same.includes(change)).map(({ id }) => id)
      await (way === 'undo' ? journal.beginUndo(entry) : journal.beginRedo(entry))
      const gone = await journal.end(() => bench.move(same.map((change) => ({ id: change.id, to: change[to] }))))
      await this.#changed()
      return { changed: same.length - gone.length, missing: [...missing, ...gone] }
    })
  }

  async #places(): Promise<Map<string, Place>> {
    return new Map((await this.#examples()).map(({ id, label }) => [id, { label }]))
  }

  async #learnLabels(moves: readonly Move[]): Promise<void> {
    const { open } = this
    const names = new Set(open.manifest.labels)
    const before = names.size
    for (const { to } of moves)
      if (to !== null && to.label !== null) for (const name of classesOf(to.label, open.manifest.kind)) names.add(name)
    if (names.size === before) return
    open.manifest = { ...open.manifest, labels: [...names] }
    await writeManifest(this.folder, open.manifest)
  }

  async #changed(): Promise<void> {
    this.revision++
    this.#last = await this.open.bench.list()
    this.#onChange()
  }

  #say(notice: string): void {
    if (this.notices.includes(notice)) return
    this.#clear(unreadable)
    this.notices.push(notice)
    this.#onChange(notice)
  }
  #clear(beginning: string): void {
    const kept = this.notices.filter((notice) => !notice.startsWith(beginning))
    if (kept.length < this.notices.length) this.notices.splice(0, this.notices.length, ...kept)
  }
}

const usualKind: LabelKind = 'classification'
const unreadable = 'The data cannot be read, and are shown as they were:'

function placeOf(now: ReadonlyMap<string, Place>, id: string): string {
  return textOf(now.get(id) ?? null)
}

function textOf(place: Place): string {
  return place === null ? 'away' : JSON.stringify(place.label)
}

export async function taskNamed(tasks: readonly StudioTask[], name: string): Promise<AnyTask> {
  const entry = tasks.find((one) => one.name === name)
  if (entry) return entry.load()
  const known = tasks.map((one) => one.name).join(', ')
  throw new OptionError('task', `one of ${known}`, `"${name}"`, 'Choose another one, or update headstart.')
}

/** The data that come with a task, as the data of a project. */
async function writeSample(task: AnyTask, folder: string, maker: BenchMaker<unknown, unknown>): Promise<void> {
  const { sample } = task
  if (!sample) throw new OptionError('task', 'one with data to begin with', task.name, 'Begin with your own.')
  // All but what a model is measured on: what else lies there belongs to the data.
  const files = [...(await sample.files())].filter(
    ([path]) => path !== sample.test && (sample.test === sample.train || !path.startsWith(`${sample.test}/`)),
  )
  await maker.create(folder, undefined)
  const bench = maker.open(folder)
  const brought = files.filter(([path]) => !/(^|\/)NOTICE$/.test(path)).map(([path, bytes]) => ({ name: path, bytes }))
  const { refused } = await bench.add(brought)
  const [first] = refused
  if (first) throw new OptionError(first.name, 'data of the task', first.message, '')
  const notice = (await sample.files()).get('NOTICE')
  if (notice) await writeFileAtomically(join(folder, 'NOTICE'), notice)
}
