/** How far a piece of work is. */
export interface Progress {
  readonly done: number
  readonly total: number
}

/** What happens during training, evaluation and comparison. This is the whole list. */
export type TrainEvent =
  /** Features are being computed: `cached` of the `total` came from the cache. */
  | { readonly type: 'features'; readonly done: number; readonly total: number; readonly cached: number }
  /** Regularisation strengths are being tried by cross-validation. */
  | { readonly type: 'cross-validation'; readonly done: number; readonly total: number }
  /** The head has reached its optimum. */
  | { readonly type: 'head'; readonly loss: number; readonly iterations: number; readonly l2: number }
  /** One cell of a comparison table is trained and measured. */
  | { readonly type: 'compare'; readonly done: number; readonly total: number; readonly method: string }
  /** Something worth knowing that does not stop the work. */
  | { readonly type: 'notice'; readonly message: string }

/** Options that every long-running function takes. */
export interface RunOptions {
  /** Called with each event, in order. */
  readonly onEvent?: ((event: TrainEvent) => void) | undefined
  /** Stops the work; the function rejects with the signal's reason and leaves nothing half-written. */
  readonly signal?: AbortSignal | undefined
}
