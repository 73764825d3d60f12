import { batch, computed, effect, signal } from '@preact/signals'
import { connect, type Studio, StudioProblem } from '../../api/client.js'
import type { CheckResult, Example, JobState, Project, Run } from '../../api/types.js'
import { classesIn, labelInWords } from '../view/label-words.js'
import { Outbox } from './outbox.js'

/** What was said to people, until they close it. */
export interface Note {
  readonly id: number
  readonly text: string
  readonly bad: boolean
}

/** All that the page knows; parts of the page show it, and change it by its methods alone. */
export class Store {
  readonly studio: Studio
  readonly project = signal<Project | undefined>(undefined)
  readonly job = signal<JobState | null>(null)
  readonly runs = signal<readonly Run[]>([])
  readonly check = signal<CheckResult | null>(null)
  readonly notes = signal<readonly Note[]>([])
  /** Whether the studio answers. */
  readonly reached = signal(true)
  /** Labels that are not written yet. */
  readonly unsaved = signal(0)
  /** The example that is open, over everything. */
  readonly opened = signal<{ readonly title: string; readonly ids: readonly string[] } | undefined>(undefined)
  /** Label whose examples the list shows; null for those without one, undefined for all. */
  readonly filter = signal<string | null | undefined>(undefined)

  readonly kind = computed(() => this.project.value?.kind ?? null)
  /** What a label is called: 'label', 'translation'. */
  readonly labelName = computed(() => this.project.value?.labelName ?? 'label')
  readonly brings = computed(() => this.project.value?.brings ?? null)
  readonly labels = computed(() => this.project.value?.labels ?? [])
  readonly labelNames = computed(() => this.labels.value.map(({ name }) => name))
  readonly running = computed(() => this.job.value?.status === 'running')
  readonly revision = computed(() => this.project.value?.revision ?? -1)

  #outbox: Outbox | undefined
  #noteId = 0
  #fetching: Promise<void> | undefined
  #again = false
  /** Jobs whose end was already seen, so that what they made is fetched once. */
  readonly #ended = new Set<string>()

  constructor(studio: Studio = connect()) {
    this.studio = studio
  }

  /** Connects, and shows what the folder holds. */
  start(): () => void {
    const listen = (): (() => void) =>
      this.studio.events(
        (event) => {
          if (event.type === 'project') void this.refresh()
          else if (event.type === 'job') this.#sawJob(event.job)
          else this.say(event.message)
        },
        () => void this.refresh(),
      )
    // A browser has six connections to a server, for all tabs: those that nobody sees keep none. What they missed is told first of all.
    let end: (() => void) | undefined
    const onVisible = (): void => {
      end?.()
      end = document.visibilityState === 'hidden' ? undefined : listen()
    }
    onVisible()
    document.addEventListener('visibilitychange', onVisible)
    // Looks after a studio that was ended and begun again, and sends what waited for it.
    const timer = setInterval(() => void (!this.reached.value && this.refresh()), 1500)
    const stop = effect(() => {
      const folder = this.project.value?.folder
      if (folder !== undefined) document.title = `${folderName(folder)} – Headstart studio`
    })
    void this.refresh()
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      end?.()
      stop()
      clearInterval(timer)
    }
  }

  /** Fetches the project anew; several wishes at once become one. */
  refresh(): Promise<void> {
    if (this.#fetching) {
      this.#again = true
      return this.#fetching
    }
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = undefined
      if (this.#again) {
        this.#again = false
        void this.refresh()
      }
    })
    return this.#fetching
  }

  async #fetch(): Promise<void> {
    try {
      const project = await this.studio.project()
      this.#outbox ??= new Outbox(project.folder, (changes) => this.#sendLabels(changes))
      batch(() => {
        this.project.value = project
        this.reached.value = true
      })
      if (project.job) this.#sawJob(project.job)
      else if (this.job.value?.status === 'running') this.job.value = null
      if (project.task !== null) {
        const [runs, check] = await Promise.all([this.studio.runs(), this.studio.check()])
        batch(() => {
          this.runs.value = runs
          this.check.value = check
        })
      }
      if (this.#outbox.waiting.length > 0) await this.#flush()
    } catch (error) {
      this.failed(error)
    }
  }

  #sawJob(job: JobState): void {
    this.job.value = job
    if (job.status === 'running' || this.#ended.has(job.id)) return
    this.#ended.add(job.id)
    if (job.status === 'failed' && job.error) this.say(job.error, true)
    if (job.status === 'cancelled') this.say('Cancelled: nothing was changed.')
    void this.refresh()
  }

  say(text: string, bad = false): void {
    const id = ++this.#noteId
    this.notes.value = [...this.notes.value.filter((note) => note.text !== text), { id, text, bad }].slice(-4)
    if (!bad) setTimeout(() => this.hush(id), 8000)
  }

  hush(id: number): void {
    this.notes.value = this.notes.value.filter((note) => note.id !== id)
  }

  /** Says what went wrong. */
  failed(error: unknown): void {
    if ((error as Error).name === 'AbortError') return
    if (error instanceof StudioProblem && error.status === 0) this.reached.value = false
    else this.say(error instanceof Error ? error.message : String(error), true)
  }

  /** Does something, and says what went wrong where it did. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.failed(error)
      return undefined
    }
  }

  /** Gives a label, or takes it away. It is kept in the browser until it is written. */
  async label(id: string, label: string | null): Promise<void> {
    this.#outbox?.put({ id, label })
    await this.#flush()
  }

  async #flush(): Promise<void> {
    this.unsaved.value = this.#outbox?.waiting.length ?? 0
    try {
      await this.#outbox?.flush()
    } catch (error) {
      this.failed(error)
    }
    this.unsaved.value = this.#outbox?.waiting.length ?? 0
  }

  async #sendLabels(changes: readonly { id: string; label: string | null }[]): Promise<void> {
    try {
      const { missing } = await this.studio.setLabels({ changes: [...changes] })
      if (missing.length > 0) this.say('Some of these examples are gone: another tab or program took them away.', true)
      this.reached.value = true
    } catch (error) {
      // What it refuses it will refuse again; only what did not reach it is tried again.
      if (error instanceof StudioProblem && error.status >= 400 && error.status < 500) this.#outbox?.drop(changes)
      throw error
    }
  }

  open(title: string, ids: readonly string[]): void {
    this.opened.value = { title, ids }
  }

  async examplesOf(ids: readonly string[]): Promise<readonly Example[]> {
    if (ids.length === 0) return []
    const { examples } = await this.studio.examples({ ids: ids.slice(0, 500).join(','), limit: 500 })
    return examples
  }

  pictureOf(example: Example, size = 160): string {
    return this.studio.picture(example.id, size)
  }

  /** A label for people. */
  labelInWords(label: string | null): string {
    return labelInWords(label, this.kind.value, this.labelName.value)
  }

  /** Color of a label, of several classes that of the first: its place decides, so that it is the same everywhere. */
  colorOf(label: string | null | undefined): string {
    const [first] = classesIn(label ?? null, this.kind.value)
    const place = first === undefined ? -1 : this.labelNames.value.indexOf(first)
    return place < 0 ? 'var(--edge)' : `var(--c${place % 10})`
  }
}

export function folderName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path
}
