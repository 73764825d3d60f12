import type { TrainEvent, TuningPlace } from '@headstart/core'
import { HeadstartError } from '@headstart/core'
import { OptionError, trainingProgress } from '@headstart/core/kit'
import type { JobState, TrainedMethod } from '../api/project.js'
import { inPage } from './in-page.js'

/** What is told to a job while it works. */
export interface JobHandle {
  readonly signal: AbortSignal
  /** What it is doing, for people. */
  doing(what: string): void
  /**
   * Listens to a training.
   * @param ofRest How much it is of what is left to do, 0 to 1. @param takes Minutes where it tunes: then looking at the examples takes
   *   little of it.
   */
  listen(method: string, ofRest: number, takes?: 'seconds' | 'minutes'): (event: TrainEvent) => void
  share(value: number): void
  notice(message: string): void
  /** What is said of a path is said of this name: of a copy that is learned from it is the original's. */
  call(path: string, name: string): void
  method(row: TrainedMethod): void
}

type Point = JobState['points'][number]

/** Milliseconds between two times that a page is told how far it is. */
const pulse = 150
/** Points of a curve that a page is sent. */
const mostPoints = 600
/** Steps of a run are drawn as so many points, about. */
const pointsOfRun = 100

/** One piece of work at a time: the machine's cores are all in use by it. */
export class Jobs {
  readonly #onChange: (job: JobState) => void
  #state: JobState | undefined
  #abort: AbortController | undefined
  #working: Promise<void> = Promise.resolve()
  #started = 0
  #told = 0
  #number = 0
  readonly #names = new Map<string, string>()

  constructor(onChange: (job: JobState) => void) {
    this.#onChange = onChange
  }

  get state(): JobState | undefined {
    return this.#state && this.#timed(this.#state)
  }

  /** @throws OptionError while another one is under way. */
  start(kind: JobState['kind'], work: (job: JobHandle) => Promise<void>): JobState {
    if (this.#state?.status === 'running') {
      const remedy = 'Wait until it is done, or cancel it.'
      throw new OptionError('studio', 'one piece of work at a time', `another one (${this.#state.kind})`, remedy)
    }
    const abort = (this.#abort = new AbortController())
    this.#started = performance.now()
    this.#names.clear()
    this.#state = {
      id: `${Date.now()}-${++this.#number}`,
      kind,
      status: 'running',
      doing: 'begins',
      share: null,
      seconds: 0,
      error: null,
      notices: [],
      points: [],
      methods: [],
    }
    this.#working = this.#run(work, abort)
    return this.#state
  }

  cancel(): JobState | undefined {
    this.#abort?.abort()
    return this.state
  }

  async close(): Promise<void> {
    this.#abort?.abort()
    await this.#working
  }

  async #run(work: (job: JobHandle) => Promise<void>, { signal }: AbortController): Promise<void> {
    // Whoever started it is told first.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      await work(this.#handle(signal))
      signal.throwIfAborted()
      this.#set({ status: 'done', doing: 'done', share: 1 }, true)
    } catch (error) {
      if (signal.aborted) this.#set({ status: 'cancelled', doing: 'cancelled: nothing was changed' }, true)
      else {
        const said = error instanceof HeadstartError ? error.message : `It failed: ${(error as Error).message}`
        this.#set({ status: 'failed', doing: 'failed', error: this.#named(said) }, true)
      }
    }
  }

  #handle(signal: AbortSignal): JobHandle {
    const notice = (given: string): void => {
      const { notices = [] } = this.#state ?? {}
      const message = this.#named(given)
      if (!notices.includes(message)) this.#set({ notices: [...notices, message] }, true)
    }
    return {
      signal,
      notice,
      call: (path, name) => void this.#names.set(path, name),
      doing: (what) => this.#set({ doing: what }, true),
      share: (share) => this.#set({ share }),
      method: (row) => this.#set({ methods: [...(this.#state?.methods ?? []), row] }, true),
      listen: (method, ofRest, takes = 'seconds') => {
        // What came before may have ended early: it goes on from there.
        const from = this.#state?.share ?? 0
        const progress = trainingProgress(takes === 'minutes')
        let [loss, steps] = [0, 0]
        return (event) => {
          const share = from + (1 - from) * ofRest * progress(event)
          if (event.type === 'notice') notice(event.message)
          else if (event.type === 'features')
            this.#set({ doing: `${method}: looks at ${event.done} of ${event.total}`, share })
          else if (event.type === 'cross-validation' || event.type === 'compare')
            this.#set({ doing: `${method}: ${event.done} of ${event.total}`, share })
          else if (event.type === 'trial')
            this.#set({ doing: `${method}: tries ${event.what}: ${event.done} of ${event.total}` }, true)
          else if (event.type === 'step') {
            const { run, epochs } = event
            const epoch = (epochs * event.step) / event.steps
            // The mean of what a point covers.
            loss += event.loss
            if (++steps < Math.max(1, Math.floor(event.steps / pointsOfRun))) return
            this.#point({ method, run, epoch, epochs, loss: loss / steps })
            ;[loss, steps] = [0, 0]
            this.#set({ doing: epochInWords(method, event, Math.ceil(epoch)), share })
          } else if (event.type === 'epoch') {
            const { run, epoch, epochs } = event
            this.#point({
              method,
              run,
              epoch,
              epochs,
              loss: event.loss,
              heldOutLoss: event.validationLoss ?? null,
              heldOutScore: event.validationScore ?? null,
            })
            this.#set({ doing: epochInWords(method, event, epoch), share })
          } else if (event.type === 'head') {
            this.#set({ doing: `${method}: the head is at its optimum, with a loss of ${event.loss.toPrecision(3)}` })
          } else if (event.type === 'rows') {
            this.#set({ doing: `${method}: answers ${event.done} of ${event.total}` })
          } else this.#set({ doing: `fetches the network: ${Math.round(event.done / 1e6)} MB` })
        }
      },
    }
  }

  #named(message: string): string {
    return [...this.#names].reduce((said, [path, name]) => said.replaceAll(path, name), inPage(message))
  }

  #point(point: Pick<Point, 'method' | 'run' | 'epoch' | 'epochs' | 'loss'> & Partial<Point>): void {
    const points = [...(this.#state?.points ?? []), { heldOutLoss: null, heldOutScore: null, ...point }]
    // Every other one says as much.
    this.#set({
      points:
        points.length > mostPoints ? points.filter((one, at) => at % 2 === 1 || one.heldOutScore !== null) : points,
    })
  }

  #set(change: Partial<JobState>, now = false): void {
    if (!this.#state) return
    this.#state = { ...this.#state, ...change }
    if (!now && performance.now() - this.#told < pulse) return
    this.#told = performance.now()
    this.#state = this.#timed(this.#state)
    this.#onChange(this.#state)
  }

  #timed(state: JobState): JobState {
    return state.status === 'running' ? { ...state, seconds: (performance.now() - this.#started) / 1000 } : state
  }
}

function epochInWords(method: string, { run, runs, epochs }: TuningPlace, epoch: number): string {
  const isLast = runs > 1 && run === runs
  // Held-out examples can end any but the last one.
  return `${method}: epoch ${epoch} of ${isLast ? '' : 'at most '}${epochs}${runs > 1 ? `, part ${run} of ${runs}` : ''}`
}
