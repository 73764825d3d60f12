import { join } from 'node:path'
import { startRun } from '@headstart/core'
import { counted, OptionError, scoreAt } from '@headstart/core/kit'
import * as z from 'zod'
import { curve } from '../api/look.js'
import { readJson, writeJson } from '../project/manifest.js'
import type { Project } from '../project/project.js'
import type { JobHandle } from './job.js'
import { networkOf } from './networks.js'

const stored = curve.omit({ stale: true }).extend({ data: z.string() })
export type StoredCurve = z.output<typeof stored>

const curveName = 'learning-curve.json'
/** What is asked: how many labels more for so much. */
const points = 0.02

const expected = z.object({ mean: z.number(), interval: z.tuple([z.number(), z.number()]), examples: z.number() })
const foreseen = z.looseObject({
  measure: z.string(),
  points: z.array(z.object({ examples: z.number(), score: z.number() })),
  law: z.object({ limit: z.number(), scale: z.number(), rate: z.number() }),
  now: expected,
  later: expected,
  verdict: z.string(),
})

export function readCurve(folder: string): Promise<StoredCurve | undefined> {
  return readJson(join(folder, curveName), stored)
}

/** What more labels would give, kept in `learning-curve.json`. */
export async function learningCurve(project: Project, job: JobHandle): Promise<StoredCurve> {
  const { task, bench } = project.open
  if (!task.curve) {
    throw new OptionError('curve', 'examples with labels', `a project of the task ${task.name}`, 'It has no curve.')
  }
  job.doing('learns from growing parts of the examples')
  const snapshot = await project.snapshot()
  job.call(snapshot.path, bench.files.data)
  try {
    const run = startRun({ signal: job.signal, onEvent: job.listen('curve', 1) })
    const { json } = await task.curve.run(await snapshot.read(run), networkOf(project.open), run)
    const { measure, points: measured, law, now, later, verdict } = foreseen.parse(json)
    const result: StoredCurve = {
      data: snapshot.fingerprint,
      measure,
      points: [
        ...measured.map((point) => ({ ...point, interval: null })),
        ...[now, later].map(({ examples, mean, interval }) => ({ examples, score: mean, interval })),
      ],
      text: bench.kind === 'regression' ? verdict : `${labelsFor(law, now.examples)} ${verdict}`,
    }
    await writeJson(join(project.folder, curveName), result)
    return result
  } finally {
    await snapshot.close()
  }
}

/** By the law, in a sentence. */
function labelsFor(law: z.output<typeof foreseen>['law'], now: number): string {
  const wanted = scoreAt(law, now) + points
  let more = 1
  while (scoreAt(law, now + more) < wanted && more < 1e6) more = Math.ceil(more * 1.1)
  // Beyond ten times what there is a law says little.
  if (more > 9 * now) return 'More labels alone will hardly bring two points.'
  return `About ${counted(more, 'label')} more for two points.`
}
