import { formatReport } from '@headstart/core'
import { openConsole, print } from './console.js'
import type { DataFlags } from './task.js'
import { loadSavedModel, tasks } from './tasks.js'

interface EvaluateOptions extends DataFlags {
  readonly cache: boolean
  readonly json?: boolean
}

/** `headstart evaluate MODEL DATA`: the model's figures on labeled examples, beside the naive baseline. */
export async function evaluateCommand(
  folder: string,
  data: string,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    const { task, model } = await loadSavedModel(folder)
    const test = await tasks[task].readDataset(data, model.kind, options, screen)
    const report = await model.evaluate(test, { ...screen, ...(!options.cache && { cache: false }) })
    screen.end()
    const { kind, ...figures } = report
    print(options.json, { task, kind, ...figures }, () => formatReport(report))
  } finally {
    screen.end()
  }
}
