import type { Run, Task, Trained } from '@headstart/core'
import { modelFiles, prepareModelFolder, writeModelFolder } from '@headstart/core/kit'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { type CommonFlags, runOf } from './common.js'

export interface TaughtFlags extends CommonFlags {
  readonly out?: string
}

/** What a model becomes that learned more, or has to forget. */
type Changed = Pick<Trained<never, never, unknown>, 'pack' | 'describe' | 'close'>

/** Has a saved model become another one, which is saved in its place or in `--out`, as a whole or not at all. */
export async function saveTaught<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  flags: TaughtFlags,
  session: Session,
  teach: (trained: Trained<Data, Query, Answer>, run: Run) => Promise<Changed>,
): Promise<void> {
  const { out = folder, json } = flags
  const screen = openScreen(session)
  try {
    await prepareModelFolder(out)
    const started = performance.now()
    const trained = await task.load(modelFiles(folder))
    const changed = await teach(trained, runOf(flags, screen))
    await writeModelFolder(out, await changed.pack(), { signal: session.signal })
    const seconds = (performance.now() - started) / 1000
    screen.end()
    const described = changed.describe()
    const text = (): string => [described.text(), '', `Saved in ${out}, after ${seconds.toFixed(1)} s.`].join('\n')
    print(session, json, { json: { ...described.json, model: out, seconds }, text }, { task: task.name })
    await changed.close()
    await trained.close()
  } finally {
    screen.end()
  }
}
