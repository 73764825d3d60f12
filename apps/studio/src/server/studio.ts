import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { FileError, OptionError } from '@headstart/core/kit'
import { createService, folderModel, type Service } from '@headstart/serve'
import type { LabelKind, Project as ProjectState } from '../api/project.js'
import { Jobs } from '../jobs/job.js'
import { Workbench } from '../jobs/workbench.js'
import { kindsOf } from '../project/fitting-tasks.js'
import { Project, type StudioTask } from '../project/project.js'
import { createApp } from './app.js'
import { Events } from './events.js'

export interface StudioOptions {
  /** What kinds of projects there can be. */
  readonly tasks: readonly StudioTask[]
  /** Begins a project of this kind in a folder that is none yet. Default: the page asks. */
  readonly task?: string | undefined
  /** A network to begin with, beside those that are listed: the id of one that is published, or the path of its folder. */
  readonly backbone?: string | undefined
  /** Default 4600; 0 for any that is free. */
  readonly port?: number | undefined
  /** How `headstart` was called, for the commands that are shown. Default: headstart. */
  readonly program?: string | undefined
}

/** Milliseconds between two looks at whether another program changed the data, while a page is open. */
const look = 2000

/** A folder in a page of the browser, at this machine alone. */
export class Studio implements AsyncDisposable {
  readonly project: Project
  readonly events: Events
  readonly jobs: Jobs
  readonly program: string
  /** Where the page is: 'http://127.0.0.1:4600'. */
  url = ''
  #bench: Workbench | undefined
  #service: Promise<Service> | undefined
  #close: () => Promise<void> = async () => {}

  private constructor(project: Project, events: Events, jobs: Jobs, program: string) {
    this.project = project
    this.events = events
    this.jobs = jobs
    this.program = program
  }

  /**
   * @throws OptionError where another studio has the folder, or for a task that is not there; FileError where the folder is none, or the
   *   port is taken.
   */
  static async open(folder: string, options: StudioOptions): Promise<Studio> {
    const events = new Events()
    const jobs = new Jobs((job) => events.tell({ type: 'job', job }))
    const changed = (notice?: string): void => {
      events.tell({ type: 'project', revision: project.revision })
      if (notice !== undefined) events.tell({ type: 'notice', message: notice })
    }
    const project: Project = await Project.open(folder, options.tasks, options.backbone, (notice) => changed(notice))
    const studio = new Studio(project, events, jobs, options.program ?? 'headstart')
    try {
      if (options.task !== undefined && project.opened && project.opened.task.name !== options.task) {
        const got = `"${options.task}"`
        const remedy = 'Leave --task out, or name another folder.'
        throw new OptionError(
          project.folder,
          `the task ${project.opened.task.name}, which the project has`,
          got,
          remedy,
        )
      }
      if (options.task !== undefined && !project.opened) {
        const { data, kinds } = await findData(project.folder, options.tasks, options.task)
        // Where its labels can be of more than one kind the page asks.
        if (kinds.length <= 1) await project.create(options.task, { data, kind: kinds[0] })
      }
      await studio.#listen(options.port ?? 4600)
    } catch (error) {
      await project.close()
      throw error
    }
    const watching = setInterval(() => {
      if (events.open > 0 && project.opened) void project.examples().catch(() => {})
    }, look)
    watching.unref()
    const end = studio.#close
    studio.#close = async () => {
      clearInterval(watching)
      await end()
      await jobs.close()
      await studio.#bench?.close()
      await studio.#service?.then((service) => service.close()).catch(() => {})
      await project.close()
    }
    return studio
  }

  /** What is done with the project. @throws OptionError while nobody chose what it is. */
  get bench(): Workbench {
    const { open } = this.project
    return (this.#bench ??= new Workbench(this.project, open, this.jobs, () =>
      this.events.tell({ type: 'project', revision: this.project.revision }),
    ))
  }

  /** The model in the folder, as `headstart serve` has it. It is opened when it is first asked there. */
  async service(): Promise<Service> {
    const { task } = this.project.open
    // Says what is missing, where it is.
    await this.bench.needModel()
    this.#service ??= createService({
      models: [folderModel(join(this.project.folder, 'model'), async () => task)],
      onEvent: ({ type, message }) => {
        if (type !== 'swapped') this.events.tell({ type: 'notice', message })
      },
    })
    this.#service.catch(() => (this.#service = undefined))
    return this.#service
  }

  /** What can be begun in a folder that is no project yet, and data that lie in it. */
  async kinds(): Promise<Pick<ProjectState, 'kinds' | 'found'>> {
    const { tasks, folder } = this.project
    const loaded = await Promise.all(tasks.map(({ load }) => load()))
    const kinds = loaded.flatMap(({ name, bench, sample }) => {
      if (!bench) return []
      const { description, brings, kinds = ['classification'] } = bench
      return [{ task: name, description, brings, kinds: [...kinds], sample: sample !== undefined }]
    })
    const found = await Promise.all(
      loaded.map(async ({ name, bench }) => {
        const all = (await bench?.find(folder)) ?? []
        const fits = (await bench?.fit(folder, all)) ?? []
        // A folder is only found by what lies in it.
        const areFolders = await Promise.all(all.map((data) => isFolder(join(folder, data))))
        return Promise.all(
          all.map(async (data, place) => ({
            task: name,
            data,
            fit: areFolders[place] ? 1 : (fits[place] ?? 0),
            kinds: bench ? await kindsOf(bench, folder, [data]) : [],
          })),
        )
      }),
    )
    return { kinds, found: bestFirst(found.flat()) }
  }

  /** What is under way is ended: a training is cancelled, a change is written. */
  async close(): Promise<void> {
    const end = this.#close
    this.#close = async () => {}
    await end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #listen(port: number): Promise<void> {
    const app = createApp(this)
    const server = createServer(
      { requestTimeout: 120_000, headersTimeout: 10_000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 },
      getRequestListener(app.fetch, { overrideGlobalObjects: false }),
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const got = cause.code ?? String(cause)
        const remedy = 'Choose another --port, or 0 for any that is free.'
        reject(new FileError('environment', `127.0.0.1:${port}`, 'an address to listen at', got, remedy, { cause }))
      })
      server.listen(port, '127.0.0.1', resolve)
    })
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.#close = async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Streams of events end by this alone.
      server.closeAllConnections()
      await closed
    }
  }
}

/** What each task makes most of, first; what others read is not offered to those who make nothing of it. */
function bestFirst<Found extends { readonly data: string; readonly fit: number }>(found: readonly Found[]): Found[] {
  const isRead = new Set(found.flatMap(({ data, fit }) => (fit > 0 ? [data] : [])))
  return found.filter(({ data, fit }) => fit > 0 || !isRead.has(data)).toSorted((a, b) => b.fit - a.fit)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function findData(
  folder: string,
  tasks: readonly StudioTask[],
  name: string,
): Promise<{ readonly data?: string | undefined; readonly kinds: readonly LabelKind[] }> {
  const bench = (await tasks.find((one) => one.name === name)?.load())?.bench
  const [data] = (await bench?.find(folder)) ?? []
  return { data, kinds: bench && data !== undefined ? await kindsOf(bench, folder, [data]) : [] }
}
