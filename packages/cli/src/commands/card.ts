import { type AnyTask, type Task } from '@headstart/core'
import { modelFiles, writeFileAtomically } from '@headstart/core/kit'
import { Command } from 'commander'
import { print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { taskOfModel } from '../tasks.js'
import { modelCard } from '../model-card.js'

interface CardFlags {
  readonly out?: string
  readonly json?: boolean
}

/** `headstart card MODEL`: what the model is, as Markdown. */
export function cardCommand(task: AnyTask | undefined, session: Session): Command {
  return new Command('card')
    .description('write a model card, as Markdown, from what the model says of itself')
    .argument('<model>', 'folder of the model')
    .option('--out <file>', 'write it to this file (default: print it)')
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .addHelpText('after', '\nExample:\n  headstart card my-model --out README.md')
    .action(async (model: string, flags: CardFlags) => {
      await describe(await taskOfModel(session.tasks, model, task), model, flags, session)
    })
}

async function describe<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  { out, json }: CardFlags,
  session: Session,
): Promise<void> {
  const trained = await task.load(modelFiles(folder))
  try {
    const card = modelCard(folder, task, trained)
    if (out !== undefined) await writeFileAtomically(out, new TextEncoder().encode(card))
    const text = (): string => (out === undefined ? card.trimEnd() : `${out}: the card of ${folder}.`)
    print(
      session,
      json,
      { json: { model: folder, card, ...(out !== undefined && { out }) }, text },
      { task: task.name },
    )
  } finally {
    await trained.close()
  }
}
