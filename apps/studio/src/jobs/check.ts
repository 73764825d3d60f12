import { join } from 'node:path'
import { startRun } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import * as z from 'zod'
import { type CheckResult, checkResult } from '../api/look.js'
import { readJson, writeJson } from '../project/manifest.js'
import type { Opened, Project } from '../project/project.js'
import { inPage } from './in-page.js'
import type { JobHandle } from './job.js'
import { networkOf } from './networks.js'

const stored = checkResult.omit({ stale: true }).extend({ data: z.string() })
export type StoredCheck = z.output<typeof stored>

const checkName = 'check.json'

const found = z.looseObject({
  issues: z.array(
    z.looseObject({
      kind: z.string(),
      rows: z.array(z.number()),
      labels: z.array(z.string()),
      score: z.number(),
      advice: z.string(),
    }),
  ),
  notes: z.array(z.string()),
})

export function readCheck(folder: string): Promise<StoredCheck | undefined> {
  return readJson(join(folder, checkName), stored)
}

/** What `headstart check` says of the labeled examples, kept in `check.json`. */
export async function check(project: Project, job: JobHandle): Promise<StoredCheck> {
  const { task, bench } = project.open
  if (!task.check) {
    throw new OptionError(
      'check',
      'examples with labels',
      `a project of the task ${task.name}`,
      'It has nothing to check.',
    )
  }
  job.doing('looks for what is wrong')
  const snapshot = await project.snapshot()
  job.call(snapshot.path, bench.files.data)
  try {
    const run = startRun({ signal: job.signal, onEvent: job.listen('check', 1) })
    const { kind } = project.open.manifest
    const checked = await task.check.run(
      snapshot.path,
      { ...networkOf(project.open), ...(bench.labels && { kind }) },
      run,
    )
    const { issues, notes } = found.parse(checked.json)
    const idsOf = (rows: readonly number[]): string[] => rows.flatMap((row) => snapshot.ids[row - 1] ?? [])
    const all = issues.map(({ kind, rows, labels, score, advice }) => {
      return { kind, title: kind.replaceAll('-', ' '), ids: idsOf(rows), labels, score, advice: inPage(advice) }
    })
    const result: StoredCheck = {
      data: snapshot.fingerprint,
      summary: checked.text().split('\n', 1)[0] ?? '',
      issues: all,
      suspects: all
        .filter(({ kind, ids }) => kind === 'wrong-label' && ids.length > 0)
        .map(({ ids, labels, score }) => ({
          id: ids[0] as string,
          given: labels[0] ?? '',
          likely: labels[1] ?? '',
          score,
        })),
      notes: notes.map(inPage),
    }
    await writeJson(join(project.folder, checkName), result)
    return result
  } finally {
    await snapshot.close()
  }
}

/** As a page gets it: without suspects that were confirmed, corrected or taken away since. */
export function shownCheck(
  { data, ...result }: StoredCheck,
  { manifest }: Pick<Opened, 'manifest'>,
  now: ReadonlyMap<string, string | null>,
  fingerprint: string,
): CheckResult {
  const confirmed = new Set(manifest.confirmed)
  const suspects = result.suspects.filter(
    ({ id, given }) => now.get(id) === given && !confirmed.has(confirmation(id, given)),
  )
  return { ...result, suspects, stale: data !== fingerprint }
}

/** That a label of an example is right. */
export function confirmation(id: string, label: string): string {
  return `${id} ${label}`
}
