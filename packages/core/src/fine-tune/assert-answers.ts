import { float32, Session } from '@headstart/onnx'
import { DataError } from '../contract/errors.js'
import type { Matrix } from '../contract/matrix.js'
import { type Head, headNames } from '../head/head.js'

/** Examples that are asked: numbers that overflow do so for more than a few. */
export const mostAsked = 512

/**
 * Asks a head that was learned about examples that it was learned from.
 * @throws DataError where its answers are no numbers: what it learned from is too small or too large for single precision.
 */
export async function assertAnswers(name: string, head: Head, { rows, columns, data }: Matrix): Promise<void> {
  const asked = Math.min(rows, mostAsked)
  const session = await Session.create(head.graph, { threads: 1 })
  try {
    const features = float32([asked, columns], data.slice(0, asked * columns))
    const answers = (await session.run({ [headNames.features]: features }))[headNames.result[head.kind]]
    const bad = (answers?.data as Float32Array | undefined)?.find((answer) => !Number.isFinite(answer))
    if (bad === undefined) return
    const largest = data.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0)
    const got = `answers such as ${bad}, from features of at most ${largest.toPrecision(2)}`
    throw new DataError(`data set "${name}"`, 'features of which a head can be learned', got, 'Scale the features.')
  } finally {
    await session.close()
  }
}

/** @throws DataError for a number to be predicted that single precision does not hold. */
export function assertTargets(name: string, targets: readonly unknown[]): void {
  const row = targets.findIndex((target) => typeof target === 'number' && !Number.isFinite(Math.fround(target)))
  if (row === -1) return
  const who = `data set "${name}", example ${row + 1}`
  throw new DataError(
    who,
    'a number of at most 3e38',
    String(targets[row]),
    'Scale the numbers, or take their logarithm.',
  )
}
