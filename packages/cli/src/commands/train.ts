import { rm } from 'node:fs/promises'
import { type AnyTask, FeatureCache, type Store, type Task } from '@headstart/core'
import { prepareModelFolder, writeModelFolder } from '@headstart/core/kit'
import { runStore } from '@headstart/queue'
import type { Command } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { type CommonFlags, readData, runOf, seedOption, taskCommand, taskOption, withCommon } from './common.js'

interface TrainFlags extends CommonFlags {
  readonly out: string
  readonly resume?: boolean
  readonly features?: string
}

/** `headstart train DATA`: reads the data, learns from them, saves the model. */
export function trainCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'train',
    task,
    ['train reviews.csv --task text --out my-model', 'train photos --task image --unfreeze 2'],
    ({ name, verb, example }) => [`train DATA --task ${name} --out my-model`, `${verb} my-model ${example}`],
  )
    .description('learn from your own data, on a pre-trained network, and save the model')
    .argument('[data]', task?.dataHelp ?? 'your data')
    .addOption(taskOption(session))
    .option('--out <folder>', 'where to save the model', 'headstart-model')
  if (task?.networks) command.option('--features <folder>', 'take features from a finished run of headstart embed')
  if (task) withFlags(command, [task.read.options.shape, task.train.options.shape], true)
  return withCommon(withFlags(command, [seedOption]))
    .option('--resume', 'go on with a training that was interrupted, from its last checkpoint')
    .action((data, flags) => train(task as AnyTask, data, flags, session))
}

async function train<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  path: string | undefined,
  flags: TrainFlags,
  session: Session,
): Promise<void> {
  const { out, resume, json } = flags
  const screen = openScreen(session)
  try {
    // Before the first step: what is learned in hours must have a place to go.
    await prepareModelFolder(out)
    // Beside the model to be: how far a long training is.
    const checkpoint = `${out}.checkpoint`
    const cache = flags.features === undefined ? undefined : await featuresOf(flags.features, flags.cache)
    const run = runOf(flags, screen, { checkpoint, resume, ...(cache && { cache }) })
    const started = performance.now()
    const data = await readData(task, path, flags, run, session)
    const learner = await task.train.run(data, flags, run)
    const trained = await learner.fit(data, run)
    const seconds = (performance.now() - started) / 1000
    await writeModelFolder(out, await trained.pack(), { signal: session.signal })
    await rm(checkpoint, { force: true })
    screen.end()
    const described = trained.describe()
    const text = (): string =>
      [
        described.text(),
        '',
        `Saved in ${out}, after ${seconds.toFixed(1)} s.`,
        `Try: ${session.program} ${task.verb} ${out} ${task.example}`,
        `Measure it on data that it has not seen: ${session.program} evaluate ${out} DATA`,
      ].join('\n')
    print(session, json, { json: { ...described.json, model: out, seconds }, text }, { task: task.name })
    await trained.close()
  } finally {
    screen.end()
  }
}

/** Features of a run, and beside them those of the cache. */
async function featuresOf(folder: string, cache: boolean | undefined): Promise<Store> {
  return runStore(folder, cache === false ? undefined : await FeatureCache.open())
}
