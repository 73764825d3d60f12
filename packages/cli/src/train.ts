import { rm } from 'node:fs/promises'
import { fineTune, formatReport, OptionError } from '@headstart/core'
import { openConsole, print } from './console.js'
import type { DataFlags } from './task.js'
import { findBackbone, type TaskName, tasks } from './tasks.js'
import { checkpointOf, type TuningFlags, tuningOf } from './tuning-flags.js'

interface TrainOptions extends DataFlags, TuningFlags {
  readonly task: TaskName
  readonly backbone?: string
  readonly out: string
  readonly seed: number
  readonly l2?: number
  readonly balanced?: boolean
  readonly resume?: boolean
  readonly cache: boolean
  readonly json?: boolean
}

/** `headstart train DATA`: reads the examples, trains a head, saves the model. */
export async function trainCommand(data: string, options: TrainOptions, signal: AbortSignal): Promise<void> {
  const screen = openConsole(signal)
  try {
    const entry = findBackbone(options.task, options.backbone)
    const train = await tasks[options.task].readDataset(data, 'classification', options, screen)
    const backbone = await entry.load()
    const tuning = tuningOf(options)
    const checkpoint = checkpointOf(options.out)
    if (options.resume && !tuning) {
      const remedy = 'Give the flags of the tuning that was interrupted, such as --unfreeze.'
      throw new OptionError('option --resume', 'a tuning to go on with', 'a head, which takes seconds', remedy)
    }
    const started = performance.now()
    const model = await fineTune(backbone, train, {
      ...screen,
      seed: options.seed,
      ...(options.l2 !== undefined && { l2: options.l2 }),
      ...(options.balanced && { classWeight: 'balanced' }),
      ...(!options.cache && { cache: false }),
      ...(tuning && { ...tuning, checkpoint, resume: options.resume ?? false }),
    })
    const seconds = (performance.now() - started) / 1000
    await model.save(options.out, { signal })
    await rm(checkpoint, { force: true })
    screen.end()
    const { validation, recipe, labels, training } = model
    const result = {
      task: options.task,
      kind: model.task,
      model: options.out,
      backbone: backbone.id,
      examples: training.examples,
      labels,
      strategy: recipe.strategy,
      l2: recipe.l2,
      seed: recipe.seed,
      seconds,
      crossValidation: validation ?? null,
    }
    print(options.json, result, () =>
      [
        `Trained on ${training.examples} examples of ${labels.length} classes in ${seconds.toFixed(1)} s.`,
        ...(validation ? [`\nBy cross-validation on these examples:\n${formatReport(validation)}`] : []),
        `\nSaved in ${options.out}`,
        `Try: headstart predict ${options.out} ${tasks[options.task].exampleInput}`,
      ].join('\n'),
    )
  } finally {
    screen.end()
  }
}
