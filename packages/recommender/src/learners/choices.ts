import type { JsonObject, Run } from '@headstart/core'
import {
  CheckpointError,
  FileError,
  readRegularFile,
  writeFileAtomically,
  errorCode,
  toFileError,
  parseJsonText,
} from '@headstart/core/kit'
import { sha256 } from '@headstart/core/load'
import * as z from 'zod'
import type { Choice } from '../contract/recommender-method.js'

/** What methods chose so far, by their names. */
type Choices = Record<string, { readonly settings: JsonObject; readonly ndcg: number | null }>

const fileSchema = z.object({
  format: z.literal('headstart-choices'),
  identity: z.string(),
  hash: z.string(),
  choices: z.record(z.string(), z.object({ settings: z.record(z.string(), z.json()), ndcg: z.number().nullable() })),
})

/**
 * Keeps in a file what the methods of a training chose, which is nearly all of its work: where it was interrupted, it goes on with
 * the method that it was at, and gives the same model. Written aside and renamed, under a hash.
 */
export class ChoicesCheckpoint {
  readonly #run: Run
  readonly #identity: string
  #choices: Choices
  #failed = false

  /**
   * @param identity What the choice depends on: data, options, seed.
   * @throws CheckpointError for a file to resume that is damaged or of another training.
   */
  static async open(run: Run, identity: readonly unknown[]): Promise<ChoicesCheckpoint> {
    const own = sha256(JSON.stringify(identity))
    const { checkpoint, resume = false, onEvent } = run
    const found = checkpoint !== undefined && resume ? await read(checkpoint, own) : undefined
    if (checkpoint !== undefined && resume && !found)
      onEvent?.({
        type: 'notice',
        message: `${checkpoint}: there is no checkpoint; the training starts at the beginning.`,
      })
    return new ChoicesCheckpoint(run, own, found ?? {})
  }

  private constructor(run: Run, identity: string, choices: Choices) {
    this.#run = run
    this.#identity = identity
    this.#choices = choices
  }

  /** What a method chose before the training was interrupted, or chooses now. */
  async once(method: string, choose: () => Promise<Choice>): Promise<Choice> {
    const known = Object.hasOwn(this.#choices, method) ? this.#choices[method] : undefined
    if (known) return { settings: known.settings, ndcg: known.ndcg ?? undefined }
    const { settings, ndcg } = await choose()
    this.#choices = { ...this.#choices, [method]: { settings, ndcg: ndcg ?? null } }
    await this.#save()
    return { settings, ndcg }
  }

  /** A full disk does not end the training: it is said, and no more is written. */
  async #save(): Promise<void> {
    const { checkpoint, onEvent } = this.#run
    if (checkpoint === undefined || this.#failed) return
    const [identity, choices] = [this.#identity, this.#choices]
    const text = JSON.stringify({ format: 'headstart-choices', identity, hash: hashOf(choices), choices })
    try {
      await writeFileAtomically(checkpoint, new TextEncoder().encode(text))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      this.#failed = true
      const message = `The training goes on without checkpoints; an older one may be there. ${error.message}`
      onEvent?.({ type: 'notice', message })
    }
  }
}

function hashOf(choices: Choices): string {
  return sha256(JSON.stringify(choices))
}

async function read(file: string, identity: string): Promise<Choices | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readRegularFile(file)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw toFileError(error, file, 'read')
  }
  const remedy = 'Start without resuming, or give another file.'
  const parsed = fileSchema.safeParse(parse(bytes))
  if (!parsed.success || parsed.data.hash !== hashOf(parsed.data.choices))
    throw new CheckpointError(file, 'a checkpoint as it was written', 'a file that is damaged or no checkpoint', remedy)
  if (parsed.data.identity !== identity)
    throw new CheckpointError(file, 'a checkpoint of this training', 'one of other data, options or seed', remedy)
  return parsed.data.choices
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseJsonText(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
