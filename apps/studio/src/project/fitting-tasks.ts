import { type BroughtFile, laidOut } from '@headstart/core/kit'
import type { StudioTask } from './project.js'

/** A task, and how much of what is brought is of use to it: 0 to 1. */
export interface Fitting {
  readonly task: string
  readonly fit: number
}

/** The tasks that can read some of these files, that of most use first. Each says so itself. */
export async function fittingTasks(
  tasks: readonly StudioTask[],
  files: readonly BroughtFile[],
): Promise<readonly Fitting[]> {
  await using place = await laidOut(files)
  const all = await Promise.all(
    tasks.map(async ({ name, load }) => {
      const { bench } = await load()
      const fits = (await bench?.fit(place.folder, place.names)) ?? []
      return { task: name, fit: fits.reduce((sum, fit) => sum + fit, 0) / files.length }
    }),
  )
  return all.filter(({ fit }) => fit > 0).toSorted((a, b) => b.fit - a.fit)
}
