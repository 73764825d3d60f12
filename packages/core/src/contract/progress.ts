/** How far a piece of work is. */
export interface Progress {
  readonly done: number
  readonly total: number
}

/** What happens during training, evaluation and comparison. This is the whole list. */
export type TrainEvent =
  /** Features are being computed: `cached` of the `total` came from the cache. */
  | { readonly type: 'features'; readonly done: number; readonly total: number; readonly cached: number }
  /** Regularization strengths are being tried by cross-validation. */
  | { readonly type: 'cross-validation'; readonly done: number; readonly total: number }
  /** What was learned is being tried in so many ways, such as how to generate from it, on what is held out: `what` says so in words. */
  | { readonly type: 'trial'; readonly what: string; readonly done: number; readonly total: number }
  /** The head has reached its optimum. */
  | { readonly type: 'head'; readonly loss: number; readonly iterations: number; readonly l2: number }
  /** One step of a tuning has been taken. */
  | StepEvent
  /** One epoch of a tuning is over. */
  | EpochEvent
  /** One cell of a comparison table is trained and measured. */
  | { readonly type: 'compare'; readonly done: number; readonly total: number; readonly method: string }
  /** Bytes of a published network that is being fetched. */
  | { readonly type: 'download'; readonly done: number; readonly total: number }
  /** Rows of work in shards are done, by so many workers, at a rate in rows per second. */
  | {
      readonly type: 'rows'
      readonly done: number
      readonly total: number
      readonly perSecond: number
      readonly workers: number
    }
  /** Something worth knowing that does not stop the work. */
  | { readonly type: 'notice'; readonly message: string }

/** Which run of a tuning: there is one for each fold of the validation, and a last one on all examples. */
export interface TuningPlace {
  /** From 1 on. */
  readonly run: number
  readonly runs: number
  /** Of this run, where it does not end earlier. */
  readonly epochs: number
}

/** How far a tuning is within a run. */
export interface StepEvent extends TuningPlace {
  readonly type: 'step'
  /** Number of steps of the run that are taken. */
  readonly step: number
  readonly steps: number
  readonly loss: number
}

/** How far a tuning is, and how good. */
export interface EpochEvent extends TuningPlace {
  readonly type: 'epoch'
  /** From 1 on. */
  readonly epoch: number
  /** Mean training loss over the epoch's steps. */
  readonly loss: number
  /** Mean loss of the examples that are held out; undefined where they were not assessed, as in a run on all examples. */
  readonly validationLoss: number | undefined
  /** Their accuracy (R² for numbers), higher is better. */
  readonly validationScore: number | undefined
  /** Of the last stage, at the last step. */
  readonly learningRate: number
}

/** Options that every long-running function takes. */
export interface RunOptions {
  /** Called with each event, in order. */
  readonly onEvent?: ((event: TrainEvent) => void) | undefined
  /** Stops the work; the function rejects with the signal's reason and leaves nothing half-written. */
  readonly signal?: AbortSignal | undefined
}

/** The same options, but a notice of the same words comes once, however often what has something to say runs. */
export function noticedOnce<Options extends RunOptions>(options: Options): Options {
  const { onEvent } = options
  if (!onEvent) return options
  const said = new Set<string>()
  const tell = (event: TrainEvent): void => {
    if (event.type === 'notice' && said.has(event.message)) return
    if (event.type === 'notice') said.add(event.message)
    onEvent(event)
  }
  return { ...options, onEvent: tell }
}
