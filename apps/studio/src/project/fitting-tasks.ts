import type { BenchMaker } from '@headstart/core'
import { type BroughtFile, laidOut } from '@headstart/core/kit'
import type { Fitting, LabelKind } from '../api/project.js'
import type { StudioTask } from './project.js'

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
      const fit = fits.reduce((sum, fit) => sum + fit, 0) / files.length
      return { task: name, fit, kinds: fit > 0 && bench ? await kindsOf(bench, place.folder, place.names) : [] }
    }),
  )
  return all.filter(({ fit }) => fit > 0).toSorted((a, b) => b.fit - a.fit)
}

/** What the labels in these files can be, the likeliest first. */
export async function kindsOf(
  bench: BenchMaker<unknown, unknown>,
  folder: string,
  names: readonly string[],
): Promise<LabelKind[]> {
  const [usual = 'classification'] = bench.kinds ?? []
  return [...((await bench.likelyKinds?.(folder, names)) ?? [usual])]
}
