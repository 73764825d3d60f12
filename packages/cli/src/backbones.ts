import { describeNetwork, textTable } from '@headstart/core'
import { fetchModel } from '@headstart/hub'
import { openConsole, print } from './console.js'
import type { BackboneEntry } from './task.js'
import { findBackbone, taskOfBackbone, type TaskName, tasks } from './tasks.js'

/** `headstart backbones`: the pre-trained networks that can be frozen. */
export function backbonesCommand(options: { readonly json?: boolean }): void {
  const entries = (Object.keys(tasks) as TaskName[]).flatMap((task) =>
    tasks[task].backbones.map(({ id, features, stages, license, description, parameters }: BackboneEntry) => ({
      task,
      id,
      features,
      stages,
      license,
      description,
      download: parameters === undefined ? 0 : parameters * bytesOfWeight,
    })),
  )
  print(options.json, { backbones: entries }, () =>
    [
      textTable([
        ['id', 'task', 'features', 'stages', 'download', 'license', 'for'],
        ...entries.map((entry) => [
          entry.id,
          entry.task,
          String(entry.features),
          String(entry.stages),
          entry.download === 0 ? 'built in' : `${Math.round(entry.download / 1e6)} MB`,
          entry.license,
          entry.description,
        ]),
      ]),
      'Any other encoder that is published for Transformers.js opens by its id or the path of its folder (of pictures with --task image).',
    ].join('\n'),
  )
}

/** Of a float32. */
const bytesOfWeight = 4

interface BackboneOptions {
  readonly task?: TaskName
  readonly json?: boolean
}

/** `headstart backbones ID`: the stages of one of them, or of any that is published, and the parameters of each. */
export async function backboneCommand(id: string, options: BackboneOptions, signal: AbortSignal): Promise<void> {
  const screen = openConsole(signal)
  try {
    const task = options.task ?? taskOfBackbone(id) ?? 'text'
    const backbone = await findBackbone(task, id)(screen)
    screen.end()
    const { parameters, stages } = describeNetwork(backbone.network)
    print(options.json, { id: backbone.id, task, features: backbone.featureSize, parameters, stages }, () =>
      [
        `${backbone.id}: ${backbone.featureSize} features, ${millions(parameters)} parameters, in stages from input to output:`,
        textTable([['stage', 'parameters'], ...stages.map((stage) => [stage.name, millions(stage.parameters)])]),
      ].join('\n'),
    )
  } finally {
    screen.end()
  }
}

/** `headstart backbones add ID`: fetches a model of the hub, or its newest version, ahead of time. */
export async function addBackboneCommand(
  id: string,
  options: { readonly json?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    const onNotice = (message: string): void => screen.onEvent({ type: 'notice', message })
    const folder = await fetchModel(id, {
      parts: ['vision_model', 'model'],
      refresh: true,
      signal,
      onNotice,
      onProgress: screen.onDownload,
    })
    screen.end()
    const sizes = await Promise.all(folder.names.map((name) => folder.size(name)))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    print(options.json, { id, folder: folder.path, files: folder.names, bytes }, () =>
      [
        `${id}: ${folder.names.length} files, ${(bytes / 1e6).toFixed(1)} MB, in ${folder.path}`,
        `Use it: --backbone ${id}`,
      ].join('\n'),
    )
  } finally {
    screen.end()
  }
}

function millions(count: number): string {
  return count >= 1e5 ? `${(count / 1e6).toFixed(1)} M` : String(count)
}
