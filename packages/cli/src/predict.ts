import { type ClassPrediction, type Model, OptionError, type Prediction, type Target } from '@headstart/core'
import { loadSavedModel } from './tasks.js'
import { textLines } from './text-lines.js'

interface PredictOptions {
  readonly json?: boolean
}

/** `headstart predict MODEL [TEXT... | -]`: one answer for each input. */
export async function predictCommand(
  folder: string,
  texts: readonly string[],
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  if (texts.length === 0) {
    throw new OptionError('headstart predict', 'inputs, or - to read them from stdin', 'none', 'Give a text in quotes.')
  }
  const { model } = await loadSavedModel(folder)
  if (texts.length === 1 && texts[0] === '-') {
    for await (const lines of textLines(process.stdin, 'stdin')) {
      if (lines.length > 0) await answer(model, lines, true, signal)
    }
  } else {
    await answer(model, texts, options.json ?? false, signal)
  }
}

async function answer(
  model: Model<string, Target>,
  inputs: readonly string[],
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const predictions = (await model.predict(inputs, { signal })) as Prediction<Target>[]
  const lines = predictions.map((prediction, index) => {
    const input = inputs[index] as string
    return json ? JSON.stringify({ input, ...(prediction as object) }) : `${describe(prediction)}  ${input}`
  })
  process.stdout.write(`${lines.join('\n')}\n`)
}

function describe(prediction: object): string {
  if ('value' in prediction) return String(prediction.value)
  if ('labels' in prediction) return (prediction.labels as string[]).join(', ') || '(none)'
  const { label, probability } = prediction as ClassPrediction<string>
  return `${label} ${probability.toFixed(3)}`
}
