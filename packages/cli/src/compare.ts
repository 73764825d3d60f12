import { compare, type Dataset, formatComparison } from '@headstart/core'
import { openConsole, print } from './console.js'
import { type ComparedMethod, methodNames, methodsAmong } from './method-names.js'
import type { DataFlags, TaskEntry } from './task.js'
import { findBackbone, type TaskName, tasks } from './tasks.js'
import { type TuningFlags, tuningOf } from './tuning-flags.js'

interface CompareOptions extends DataFlags, TuningFlags {
  readonly task: TaskName
  readonly backbone?: string
  readonly shots: readonly number[]
  readonly seeds: number
  readonly methods?: readonly string[]
  readonly test?: string
  readonly unseen?: string
  readonly cache: boolean
  readonly json?: boolean
}

/** `headstart compare DATA`: the table of what transfer learning is worth here. */
export async function compareCommand(data: string, options: CompareOptions, signal: AbortSignal): Promise<void> {
  const screen = openConsole(signal)
  try {
    const { task, shots, seeds } = options
    const open = findBackbone(task, options.backbone)
    const wanted = new Set<ComparedMethod>(methodsAmong(methodNames, options.methods))
    const isWanted = (name: ComparedMethod): boolean => wanted.has(name)
    const { methods: methodsOf, zeroShot, hasNames = () => true }: TaskEntry = tasks[task]
    const read = async (path: string): Promise<Dataset<string, string>> =>
      (await tasks[task].readDataset(path, 'classification', options, screen)) as Dataset<string, string>
    const examples = await read(data)
    const test = options.test === undefined ? undefined : await read(options.test)
    const unseen = options.unseen === undefined ? undefined : await read(options.unseen)
    const backbone = await open(screen, isWanted('scratch') || isWanted('fine-tuned'))
    const methods = await methodsOf(backbone, tuningOf(options) ?? { strategy: 'joint' })
    const comparison = await compare(examples, {
      ...screen,
      methods: methods.filter(({ name }) => isWanted(name)),
      zeroShot:
        isWanted('zero-shot') && zeroShot && hasNames(backbone) ? (labels) => zeroShot(backbone, labels) : undefined,
      shots,
      seeds,
      test,
      unseen,
      ...(!options.cache && { cache: false }),
    })
    screen.end()
    const { kind, ...table } = comparison
    print(options.json, { task, kind, ...table }, () => formatComparison(comparison))
  } finally {
    screen.end()
  }
}
