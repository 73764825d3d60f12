import { textTable } from '@headstart/core'
import { print } from './console.js'
import { type TaskName, tasks } from './tasks.js'

/** `headstart backbones`: the pre-trained networks that can be frozen. */
export function backbonesCommand(options: { readonly json?: boolean }): void {
  const entries = (Object.keys(tasks) as TaskName[]).flatMap((task) =>
    tasks[task].backbones.map(({ id, features, stages, license, description }) => ({ task, id, features, stages, license, description })),
  )
  print(options.json, { backbones: entries }, () =>
    textTable([
      ['id', 'task', 'features', 'stages', 'licence', 'for'],
      ...entries.map((entry) => [entry.id, entry.task, String(entry.features), String(entry.stages), entry.license, entry.description]),
    ]),
  )
}
