import { InputError, type RunOptions, startRun, type Task } from '@headstart/core'
import { cacheKey, computeFeatures, manifestName, modelFiles, OptionError, version } from '@headstart/core/kit'
import { sha256 } from '@headstart/core/load'
import { type Cells, plainOptions, type Work, type WorkSaid } from '../contract/work.js'

/**
 * Work of a task: features of one of its networks ('embed'), or answers of one of its models ('ask'), with options of reading and asking.
 * @throws OptionError where the task has no networks, or nowhere for queries to lie.
 */
export async function taskWork<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  { kind, model, options }: Pick<WorkSaid, 'kind' | 'model' | 'options'>,
  run: RunOptions = {},
): Promise<Work> {
  const { queries } = task
  if (!queries) {
    throw new OptionError(
      `task ${task.name}`,
      'one whose inputs can lie in a file or folder',
      'another',
      'Ask it one by one.',
    )
  }
  const said = { kind, task: task.name, model, options: plainOptions(options), version }
  const parts = kind === 'embed' ? await embedding(task, model, run) : await asking(task, model, options, run)
  return {
    ...parts,
    said: { ...said, fingerprint: parts.fingerprint },
    apart: queries.apart ?? false,
    read: (place, reading) => queries.run(place, { ...parts.reads, ...options }, startRun(reading)),
  } as Work
}

type Parts<Query> = Pick<Work<Query>, 'answer' | 'close'> & {
  readonly fingerprint: string
  /** See `Trained.reads`. */
  readonly reads?: object
}

/** Columns `key`, by which a feature cache knows an input, and `features`. */
async function embedding<Data, Query, Answer>(
  { networks, name }: Task<Data, Query, Answer>,
  id: string | undefined,
  run: RunOptions,
): Promise<Parts<Query>> {
  if (!networks) throw new OptionError(`task ${name}`, 'one with networks', 'one without', 'Ask its model instead.')
  const backbone = await networks.open(id, run)
  const namespace = `${backbone.id}/${backbone.fingerprint}`
  return {
    fingerprint: namespace,
    async answer(asked, options) {
      const readable = asked.filter(({ query }) => !(query instanceof InputError))
      const errors = new Map<number, InputError>()
      const inputs = readable.map(({ query }) => query as Query)
      const { data, columns } = await computeFeatures(backbone, inputs, {
        signal: options.signal,
        cache: undefined,
        onUnreadable: (index, error) => void errors.set(index, error),
      })
      let next = 0
      const answers: (Cells | InputError)[] = []
      for (const { query } of asked) {
        if (query instanceof InputError) {
          answers.push(query)
          continue
        }
        const at = next++
        answers.push(
          errors.get(at) ?? {
            key: Buffer.from(cacheKey(namespace, await backbone.contentKey(query)), 'hex'),
            features: bytesOf(data.subarray(at * columns, (at + 1) * columns)),
          },
        )
      }
      return answers
    },
    close: async () => backbone.close(),
  }
}

/** Columns `predicted_...`, one for each field of an answer. */
async function asking<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string | undefined,
  options: object,
  { signal }: RunOptions,
): Promise<Parts<Query>> {
  if (folder === undefined) throw new OptionError('option "model"', 'the folder of a model', 'none', 'Name it.')
  const files = modelFiles(folder)
  const trained = await task.load(files)
  const { asks } = trained
  // Where queries are objects, what is said for all of them is a part of each that says nothing else.
  const isObject = 'shape' in task.query
  const withOptions = (query: Query): Query => (isObject ? task.query.parse({ ...options, ...query }) : query)
  // What is the same for all rows, such as a category, is refused once and beforehand.
  if (isObject) {
    const [answer] = await trained.ask([withOptions({} as Query)], { signal })
    if (answer instanceof InputError) {
      await trained.close()
      throw answer
    }
  }
  return {
    reads: trained.reads,
    // The hashes of all files of the model stand in its manifest.
    fingerprint: sha256((await files.read(manifestName)) ?? JSON.stringify(trained.describe().json)),
    async answer(asked, { signal, onEvent }) {
      const queries = asked.flatMap(({ query }) => (query instanceof InputError ? [] : [withOptions(query)]))
      const answers = (
        await (asks ? asks.run(queries, options, startRun({ signal, onEvent })) : trained.ask(queries, { signal }))
      ).values()
      return asked.map(({ query }) => {
        const out = query instanceof InputError ? query : (answers.next().value as Answer | InputError)
        return out instanceof InputError ? out : predicted(out as object)
      })
    },
    close: () => trained.close(),
  }
}

function predicted(answer: object): Cells {
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [`predicted_${name}`, value as unknown]))
}

/** Numbers in single precision as bytes, the low one first, as Parquet has them. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
