import { toFileError } from '../kit/file-error.js'

/** Keeps the failures of a cache away from the work it serves: what fails is switched off, and said once. */
export class CacheHealth {
  #state: 'on' | 'read-only' | 'off' = 'on'
  readonly #directory: string
  readonly #onNotice: ((message: string) => void) | undefined
  /** Damaged entries and segments met so far. */
  damaged = 0

  constructor(directory: string, onNotice: ((message: string) => void) | undefined) {
    this.#directory = directory
    this.#onNotice = onNotice
  }

  /** 'read-only': what is stored is still found, but nothing more is stored. 'off': neither. */
  get state(): 'on' | 'read-only' | 'off' {
    return this.#state
  }

  /** Does something on the disk. Undefined where it fails, or is switched off. */
  async attempt<T>(action: 'read' | 'write', work: () => Promise<T>): Promise<T | undefined> {
    if (this.#state === 'off' || (this.#state === 'read-only' && action === 'write')) return undefined
    try {
      return await work()
    } catch (error) {
      this.#fail(action, error)
      return undefined
    }
  }

  #fail(action: 'read' | 'write', error: unknown): void {
    const before = this.#state
    if (before !== 'off') this.#state = action === 'read' ? 'off' : 'read-only'
    if (before !== 'on') return
    const { message } = toFileError(error, this.#directory, action)
    const done = action === 'read' ? 'read' : 'written'
    this.#onNotice?.(`The feature cache cannot be ${done}; the work goes on without it. ${message}`)
  }
}
