import { resolve } from 'node:path'
import { float32, Graph, type Tensor, type Tensors } from '@headstart/onnx'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import * as z from 'zod'
import { CheckpointError, FileError } from '../contract/errors.js'
import { errorCode, toFileError } from '../kit/file-error.js'
import { parseJsonText } from '../kit/parse-json.js'
import { sha256 } from '../kit/sha256.js'
import type { Matrix } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import { writeFileAtomically } from '../kit/atomic-write.js'
import { readRegularFile } from '../kit/read-file.js'

/** How far a training is (see `runLoop`). Plain numbers and tensors, so that it can be kept in a checkpoint. */
export interface RunProgress {
  /** Epochs that are over. */
  readonly epoch: number
  /** Steps taken within the epoch under way. */
  readonly step: number
  /** Sum of the losses of these steps. */
  readonly lossSum: number
  readonly trainer: Tensors
  /** What was answered for held-out examples, before the first epoch and at each assessment. */
  readonly results: readonly Matrix[]
  /** The weights with the least held-out loss so far; none where nothing is chosen by it. */
  readonly best: Tensors
}

/** What a training is made of; one that differs in any of it cannot be resumed. */
export interface TrainingIdentity {
  /** Fingerprint of the backbone, or what the weights are at first. */
  readonly backbone: string
  /** Digest of examples and labels, in their order. */
  readonly examples: string
  /** All options, as JSON. */
  readonly options: string
}

/** Where and how often progress is kept. */
export interface CheckpointOptions {
  readonly file: string
  /**
   * Seconds between two checkpoints, at least; the first is written after the first step. Default: 1, and so many that
   * writing takes no more than 5 % of the time.
   */
  readonly seconds?: number
}

/** Options of what can be interrupted and resumed. */
export interface ResumeOptions {
  /** File in which the progress is kept, so that an interrupted run can be resumed. Default: none. */
  readonly checkpoint?: string | CheckpointOptions | undefined
  /** Goes on from the checkpoint, where there is one, and gives the same model, bit for bit. Default: false. */
  readonly resume?: boolean | undefined
}

/** Share of the time that may go into checkpoints. */
const dearest = 0.05

/** Version of the checkpoints that are written, and the newest that are read. */
const formatVersion = 1
/** First line of a checkpoint, before its hash. */
const magic = `headstart-checkpoint ${formatVersion}`

/**
 * Keeps the progress of a training of one run or several in a file: a line with a SHA-256, then weights, optimizer state and
 * position as an ONNX graph without nodes. The file is written aside and renamed, so that a killed process leaves the
 * checkpoint before.
 */
export class Checkpoint {
  /**
   * What each run that has ended answered for its held-out examples, before its first epoch and at each assessment. Whoever
   * ends a run adds to it.
   */
  readonly ended: (readonly Matrix[])[]
  /** How familiar its held-out examples were to each of these, `[n, 1]`, of trainings that ask. Whoever ends a run adds to it. */
  readonly familiar: Matrix[]
  #found: RunProgress | undefined
  readonly #file: string
  readonly #identity: TrainingIdentity
  readonly #seconds: number | undefined
  readonly #onEvent: RunOptions['onEvent']
  /** When the last writing ended: the first is due at once, so that a folder that cannot be written is said early. */
  #saved = -Infinity
  /** How long the last writing took. */
  #milliseconds = 0
  #failed = false

  /**
   * @param identity What the training is made of; asked for where there is to be a checkpoint.
   * @returns undefined where no checkpoint is asked for.
   * @throws CheckpointError for a file to resume that is damaged or of another training.
   */
  static async open(
    { checkpoint, resume = false, onEvent }: ResumeOptions & RunOptions,
    identity: () => TrainingIdentity,
  ): Promise<Checkpoint | undefined> {
    if (checkpoint === undefined) return undefined
    const { file, seconds } = typeof checkpoint === 'string' ? { file: checkpoint, seconds: undefined } : checkpoint
    const [path, own] = [resolve(file), identity()]
    const found = resume ? await read(path, own) : undefined
    if (resume && !found) {
      onEvent?.({ type: 'notice', message: `${path}: there is no checkpoint; the tuning starts at the beginning.` })
    }
    return new Checkpoint(path, own, seconds, found ?? { ended: [] }, onEvent)
  }

  private constructor(
    file: string,
    identity: TrainingIdentity,
    seconds: number | undefined,
    { ended, familiar = [], current }: TrainingProgress,
    onEvent: RunOptions['onEvent'],
  ) {
    this.ended = [...ended]
    this.familiar = [...familiar]
    this.#found = current
    this.#file = file
    this.#identity = identity
    this.#seconds = seconds
    this.#onEvent = onEvent
  }

  /** How far the run was that was under way when the file was written; only the first run to ask for it goes on there. */
  takeUp(): RunProgress | undefined {
    const found = this.#found
    this.#found = undefined
    return found
  }

  /**
   * Writes what has ended, and the progress of the run under way, where the last writing is long enough ago. A full disk
   * does not end the training: it is said, and no more is written.
   */
  async save(current?: () => RunProgress, { now = false } = {}): Promise<void> {
    const pause = this.#seconds === undefined ? Math.max(1000, this.#milliseconds / dearest) : 1000 * this.#seconds
    const started = Date.now()
    if (this.#failed || (!now && started - this.#saved < pause)) return
    try {
      await writeFileAtomically(
        this.#file,
        encode({ ended: this.ended, familiar: this.familiar, current: current?.() }, this.#identity),
      )
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      this.#failed = true
      const message = `The tuning goes on without checkpoints; an older one may be there. ${error.message}`
      this.#onEvent?.({ type: 'notice', message })
    }
    this.#saved = Date.now()
    this.#milliseconds = this.#saved - started
  }
}

async function read(file: string, identity: TrainingIdentity): Promise<TrainingProgress | undefined> {
  let bytes: Buffer
  try {
    bytes = await readRegularFile(file)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw toFileError(error, file, 'read')
  }
  const remedy = 'Start without resuming, or give another file.'
  const end = bytes.indexOf('\n')
  const content = bytes.subarray(end + 1)
  const [, version] = /^headstart-checkpoint (\d+) /.exec(bytes.toString('latin1', 0, Math.max(end, 0))) ?? []
  if (Number(version) > formatVersion) {
    const got = `version ${version}, written by a newer Headstart`
    throw new CheckpointError(
      file,
      `a checkpoint of version ${formatVersion}`,
      got,
      'Update Headstart, or start without resuming.',
    )
  }
  if (end < 0 || bytes.toString('latin1', 0, end) !== `${magic} ${sha256(content)}`) {
    throw new CheckpointError(file, 'a checkpoint as it was written', 'a file that is damaged or no checkpoint', remedy)
  }
  const { initializers, metadata } = decodeModel(content, file)
  for (const [part, own] of Object.entries(identity)) {
    const other = metadata.get(part)
    if (other === own) continue
    const got = part === 'options' ? `${other}, now ${own}` : `other ${part}`
    throw new CheckpointError(file, `a checkpoint of this tuning: the same ${part}`, got, remedy)
  }
  const json = parsed(metadata.get('position') ?? '')
  const position = positionSchema.safeParse(json)
  if (!position.success) {
    const { path, message } = position.error.issues[0] as z.core.$ZodIssue
    const got = json === undefined ? 'no JSON' : `field "${path.join('.')}": ${message}`
    throw new CheckpointError(file, 'the position of a tuning', got, remedy)
  }
  const progress = decode(position.data, Object.fromEntries(initializers))
  if (!progress) throw new CheckpointError(file, 'the answers of as many runs as it says', 'fewer, or others', remedy)
  return progress
}

function parsed(text: string): unknown {
  try {
    return parseJsonText(text)
  } catch {
    return undefined
  }
}

interface TrainingProgress {
  readonly ended: readonly (readonly Matrix[])[]
  readonly familiar?: readonly Matrix[] | undefined
  /** The run under way. */
  readonly current?: RunProgress | undefined
}

/** All of the progress that is no tensor. */
interface Position {
  /** Number of results of each run that has ended. */
  readonly ended: readonly number[]
  /** Of how many runs it is known how familiar their held-out examples were. */
  readonly familiar?: number
  readonly current?: Pick<RunProgress, 'epoch' | 'step' | 'lossSum'> & { readonly results: number }
}

function encode({ ended, familiar = [], current }: TrainingProgress, identity: TrainingIdentity): Uint8Array {
  const tensors = new Map<string, Tensor>()
  const add = (prefix: string, part: Tensors): void => {
    for (const [name, tensor] of Object.entries(part)) tensors.set(`${prefix}/${name}`, tensor)
  }
  ended.forEach((results, run) => add(`ended/${run}`, toTensors(results)))
  add('familiar', toTensors(familiar))
  if (current) {
    add('trainer', current.trainer)
    add('best', current.best)
    add('results', toTensors(current.results))
  }
  const position: Position = {
    ended: ended.map(({ length }) => length),
    familiar: familiar.length,
    ...(current && {
      current: { epoch: current.epoch, step: current.step, lossSum: current.lossSum, results: current.results.length },
    }),
  }
  const metadata = new Map(Object.entries({ ...identity, position: JSON.stringify(position) }))
  const opsets = new Map([['', 17]])
  const content = encodeModel(
    new Graph({ name: 'checkpoint', inputs: [], outputs: [], nodes: [], initializers: tensors, opsets, metadata }),
  )
  return Buffer.concat([Buffer.from(`${magic} ${sha256(content)}\n`, 'latin1'), content])
}

/** @returns undefined where a tensor is missing, or is none of those that are written. */
function decode({ ended, familiar = 0, current }: Position, tensors: Tensors): TrainingProgress | undefined {
  const part = (prefix: string): Tensors => {
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${prefix}/`))
    return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]))
  }
  const runs = ended.map((count, run) => toMatrices(part(`ended/${run}`), count))
  const [shares, results] = [toMatrices(part('familiar'), familiar), toMatrices(part('results'), current?.results ?? 0)]
  if (!shares || !results || !runs.every((run) => run !== undefined)) return undefined
  return {
    ended: runs,
    familiar: shares,
    current: current && { ...current, trainer: part('trainer'), best: part('best'), results },
  }
}

const count = z.int().nonnegative()
const positionSchema: z.ZodType<Position> = z.object({
  ended: z.array(count),
  familiar: count.exactOptional(),
  current: z.object({ epoch: count, step: count, lossSum: z.number(), results: count }).exactOptional(),
})

function toTensors(matrices: readonly Matrix[]): Tensors {
  return Object.fromEntries(
    matrices.map(({ rows, columns, data }, index) => [String(index), float32([rows, columns], data)]),
  )
}

function toMatrices(tensors: Tensors, count: number): readonly Matrix[] | undefined {
  const found = Object.keys(tensors).length === count ? Array.from({ length: count }, (_, index) => tensors[index]) : []
  const matrices = found.flatMap((tensor) => {
    const [rows = 0, columns = 0] = tensor?.dims ?? []
    return tensor?.type === 'float32' ? [{ rows, columns, data: (tensor as Tensor<'float32'>).data }] : []
  })
  return matrices.length === count ? matrices : undefined
}
