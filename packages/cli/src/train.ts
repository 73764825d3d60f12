import { rm } from 'node:fs/promises'
import { fineTune, formatReport, type Model, OptionError, type Target } from '@headstart/core'
import { type Console, openConsole, print } from './console.js'
import type { DataFlags, TaskEntry } from './task.js'
import { findBackbone, type TaskName, tasks } from './tasks.js'
import { checkpointOf, type TuningFlags, tuningOf } from './tuning-flags.js'

interface TrainOptions extends DataFlags, TuningFlags {
  readonly task: TaskName
  readonly backbone?: string
  readonly labels?: readonly string[]
  readonly template?: string
  readonly out: string
  readonly seed: number
  readonly l2?: number
  readonly balanced?: boolean
  readonly resume?: boolean
  readonly cache: boolean
  readonly json?: boolean
}

/** `headstart train DATA`: reads the examples, trains a head, saves the model. `--labels` in place of examples: names alone. */
export async function trainCommand(
  data: string | undefined,
  options: TrainOptions,
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    const started = performance.now()
    const model = await (data === undefined || options.labels
      ? fromNames(data, options, screen)
      : fromExamples(data, options, screen))
    const seconds = (performance.now() - started) / 1000
    await model.save(options.out, { signal })
    await rm(checkpointOf(options.out), { force: true })
    screen.end()
    const { validation, recipe, labels, training } = model
    const result = {
      task: options.task,
      kind: model.kind,
      model: options.out,
      backbone: model.backbone.id,
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
        training.examples === 0
          ? `Made from the names of ${labels.length} classes, without examples. Measure it: headstart evaluate ${options.out} DATA`
          : `Trained on ${training.examples} examples of ${labels.length} classes in ${seconds.toFixed(1)} s.`,
        ...(validation ? [`\nBy cross-validation on these examples:\n${formatReport(validation)}`] : []),
        `\nSaved in ${options.out}`,
        `Try: headstart predict ${options.out} ${tasks[options.task].exampleInput}`,
      ].join('\n'),
    )
  } finally {
    screen.end()
  }
}

async function fromExamples(data: string, options: TrainOptions, screen: Console): Promise<Model<string, Target>> {
  const open = findBackbone(options.task, options.backbone)
  const train = await tasks[options.task].readDataset(data, 'classification', options, screen)
  const tuning = tuningOf(options)
  const backbone = await open(screen, tuning !== undefined)
  if (options.resume && !tuning) {
    const remedy = 'Give the flags of the tuning that was interrupted, such as --unfreeze.'
    throw new OptionError('option --resume', 'a tuning to go on with', 'a head, which takes seconds', remedy)
  }
  return fineTune(backbone, train, {
    ...screen,
    seed: options.seed,
    ...(options.l2 !== undefined && { l2: options.l2 }),
    ...(options.balanced && { classWeight: 'balanced' }),
    ...(!options.cache && { cache: false }),
    ...(tuning && { ...tuning, checkpoint: checkpointOf(options.out), resume: options.resume ?? false }),
  })
}

/** A model from the names of the classes alone. */
async function fromNames(data: string | undefined, options: TrainOptions, screen: Console): Promise<Model<string>> {
  const { task, labels, template } = options
  const { zeroShot }: TaskEntry = tasks[task]
  if (!labels)
    throw new OptionError('headstart train', 'labeled examples, or --labels', 'neither', 'Give the path of a file.')
  if (data !== undefined) {
    const remedy = 'Leave one of them out: the classes of examples are read from them.'
    throw new OptionError('option --labels', 'names in place of examples', `both, with ${data}`, remedy)
  }
  if (!zeroShot) {
    const able = (Object.keys(tasks) as TaskName[]).filter((name) => (tasks[name] as TaskEntry).zeroShot)
    throw new OptionError('option --labels', `--task ${able.join(' or ')}`, task, 'Give labeled examples.')
  }
  return zeroShot(await findBackbone(task, options.backbone)(screen), labels, { template })
}
