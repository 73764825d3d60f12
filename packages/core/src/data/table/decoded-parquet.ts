import { Worker } from 'node:worker_threads'

/** Milliseconds that a group of rows may take to decode: at least, and for each byte of the file. */
const [leastTime, timeOfByte] = [750, 0.004]
/** Memory that may go into it, in MiB. */
const mostMemory = 2048

/**
 * What the worker does: decodes a group of rows after another, and gives them in pieces as they are asked for. Its modules come by
 * their addresses: a worker made of a text finds none by name.
 */
const work = `
  const { parentPort, workerData } = require('node:worker_threads')
  async function* pieces() {
    const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all(workerData.modules.map((one) => import(one)))
    yield []
    const file = await asyncBufferFromFile(workerData.path)
    const metadata = await parquetMetadataAsync(file)
    yield metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows)
      if (!(rowEnd >= rowStart && rowEnd < 2 ** 31)) throw new Error('a group of ' + group.num_rows + ' rows')
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
      for (let first = 0; first < rows.length; first += 512) yield rows.slice(first, first + 512)
      rowStart = rowEnd
    }
  }
  const all = pieces()
  parentPort.on('message', async () => {
    try {
      parentPort.postMessage(await all.next())
    } catch (error) {
      parentPort.postMessage({ problem: String(error?.message ?? error) })
    }
  })
`

/** What the worker answers: what it is asked for, or what went wrong, or that it is at the end. */
interface Answer {
  readonly value?: unknown
  readonly problem?: string
  readonly done?: boolean
}

/** A row of a Parquet file. */
export type ParquetRow = Readonly<Record<string, unknown>>

/**
 * What is in a Parquet file: the features that the Hugging Face library wrote down, where it did, then its rows, many at a time. They
 * are decoded by a worker, which is ended where it takes too long or too much memory: a single byte of a damaged file can say that
 * what follows has billions of values. Of the file a group of rows is in memory at a time.
 * @param size Bytes of the file.
 * @throws Error where it is none, or damaged.
 */
export async function* decodedParquet(
  path: string,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<string | undefined | readonly ParquetRow[]> {
  const modules = addressesOf(['hyparquet', 'hyparquet-compressors'])
  if (modules === undefined) return yield* decodedHere(path)
  const worker = new Worker(work, {
    eval: true,
    workerData: { path, modules },
    // Not those of this process: with --input-type=module the text above is no script.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: mostMemory },
  })
  let failure: Answer | undefined
  worker.on('error', (error: Error) => (failure = { problem: error.message }))
  const limit = leastTime + timeOfByte * size
  /** No race with what stays pending, such as one failure of all answers: that would keep every answer. */
  const next = (milliseconds: number): Promise<Answer> =>
    new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        worker.off('message', settle).off('error', fail)
        resolve(answer)
      }
      const fail = (error: Error): void => settle({ problem: error.message })
      const problem = `one whose rows take more than ${(milliseconds / 1000).toFixed(1)} s to decode`
      // The answer may be here, and this thread had no time for it.
      const late = (): unknown => setImmediate(() => setImmediate(settle, { problem }))
      const timer = setTimeout(late, milliseconds)
      if (failure) return settle(failure)
      worker.once('message', settle).once('error', fail)
      worker.postMessage('next', [])
    })
  try {
    const ofNext = async (milliseconds: number): Promise<Answer> => {
      const answer = await next(milliseconds)
      signal?.throwIfAborted()
      if (answer.problem !== undefined) throw new SyntaxError(answer.problem)
      return answer
    }
    // Its start, which a busy machine may take some time for.
    await ofNext(40 * leastTime)
    for (let answer = await ofNext(limit); !answer.done; answer = await ofNext(limit))
      yield answer.value as string | undefined | readonly ParquetRow[]
  } finally {
    await worker.terminate()
  }
}

/** Where modules lie; undefined where a bundler has taken them in. */
function addressesOf(names: readonly string[]): string[] | undefined {
  try {
    return names.map((name) => import.meta.resolve(name))
  } catch {
    return undefined
  }
}

/** The same in this thread, where nothing ends what takes too long. */
async function* decodedHere(path: string): AsyncGenerator<string | undefined | readonly ParquetRow[]> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  yield metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    yield await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
    rowStart = rowEnd
  }
}
