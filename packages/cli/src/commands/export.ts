import { basename, join, resolve } from 'node:path'
import { type AnyTask, exportModel, type Task } from '@headstart/core'
import { exportFormatOf, modelFiles, prepareToWrite } from '@headstart/core/kit'
import { Command } from 'commander'
import { z } from 'zod'
import { print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { pageFormat } from '../page-format.js'
import { taskOfModel } from '../tasks.js'

interface ExportFlags {
  readonly to?: string
  readonly out?: string
  readonly json?: boolean
}

const flags = {
  // Which there are, the model says.
  to: z
    .string()
    .optional()
    .describe('transformers: a folder for Transformers.js; onnx: one file for ONNX Runtime; web: a page'),
  out: z.string().optional().describe('where to write it (default: beside the model, under its name)'),
}

/** `headstart export MODEL --to FORMAT`: the model in a form in which it runs without Headstart. */
export function exportCommand(task: AnyTask | undefined, session: Session): Command {
  const command = new Command('export')
    .description('carry a saved model away, to run without Headstart')
    .argument('<model>', 'folder of the model')
    .addHelpText('after', '\nExample:\n  headstart export my-model --to transformers --out public/models/my-model')
  return withFlags(command, [flags])
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action(async (model: string, given: ExportFlags) => {
      await exportOne(await taskOfModel(session.tasks, model, task), model, given, session)
    })
}

async function exportOne<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  { to: asked, out, json }: ExportFlags,
  session: Session,
): Promise<void> {
  const trained = await task.load(modelFiles(folder))
  try {
    const model = { exports: { ...trained.exports, web: pageFormat(trained) } }
    const { description, ending } = exportFormatOf(model, asked)
    const to = asked as string
    const place = out ?? join(folder, '..', `${basename(resolve(folder))}${ending ?? `-${to}`}`)
    await prepareToWrite(place, ending === undefined ? 'folder' : 'file')
    const { path, files } = await exportModel(model, to, place, { signal: session.signal })
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0)
    const text = (): string => `${path}: ${description}, ${(bytes / 1e6).toFixed(1)} MB.`
    print(
      session,
      json,
      { json: { model: folder, to, path, files: [...files.keys()], bytes }, text },
      { task: task.name },
    )
  } finally {
    await trained.close()
  }
}
