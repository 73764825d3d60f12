import { type ClassPrediction, type InputError, type Model, OptionError, type Target } from '@headstart/core'
import { say } from './report-error.js'
import { loadSavedModel } from './tasks.js'
import { textLines } from './text-lines.js'

interface PredictOptions {
  readonly json?: boolean
}

/** `headstart predict MODEL [INPUT... | -]`: one answer for each input. Exits with 2 where an input cannot be read. */
export async function predictCommand(
  folder: string,
  inputs: readonly string[],
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  if (inputs.length === 0) {
    const remedy = 'Give a text in quotes, or the path of a picture.'
    throw new OptionError('headstart predict', 'inputs, or - to read them from stdin', 'none', remedy)
  }
  const { model } = await loadSavedModel(folder)
  if (inputs.length === 1 && inputs[0] === '-') {
    for await (const lines of textLines(process.stdin, 'stdin')) {
      if (lines.length > 0) await answer(model, lines, true, signal)
    }
  } else {
    await answer(model, inputs, options.json ?? false, signal)
  }
}

async function answer(
  model: Model<string, Target>,
  inputs: readonly string[],
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const unreadable = new Map<number, InputError>()
  const onUnreadable = (index: number, error: InputError): void => void unreadable.set(index, error)
  const predictions = (await model.predict(inputs, { signal, onUnreadable })) as (object | undefined)[]
  inputs.forEach((input, index) => {
    const error = unreadable.get(index)
    const prediction = predictions[index]
    if (error) {
      process.exitCode = 2
      if (!json) return say(error.message)
    }
    const line = json
      ? JSON.stringify({ input, ...(error ? { error: error.message } : prediction) })
      : `${describe(prediction ?? {})}  ${input}`
    process.stdout.write(`${line}\n`)
  })
}

function describe(prediction: object): string {
  if ('value' in prediction) return String(prediction.value)
  if ('labels' in prediction) return (prediction.labels as string[]).join(', ') || '(none)'
  const { label, probability } = prediction as ClassPrediction<string>
  return `${label} ${probability.toFixed(3)}`
}
