import type { Benchmark, Figure } from '../figure.js'
import { calibration } from './calibration.js'
import { curve } from './curve.js'
import { check } from './check.js'
import { explain, influence, maps } from './explain.js'
import type { Asked } from './asked.js'
import { sets } from './sets.js'
import { unknownPictures, unknownTexts } from './unknown.js'

/** What is measured of trust: a file each. */
const parts: Readonly<Record<string, (asked: Asked) => Promise<Figure[]>>> = {
  'unknown-texts': unknownTexts,
  'unknown-pictures': unknownPictures,
  calibration,
  sets,
  curve,
  check,
  explain,
  influence,
  maps,
}

/**
 * Whether a model knows what it does not know, says how sure it is and why, and whether what is wrong with data is found.
 * @param names Of some parts. Default: all.
 */
export function trust(asked: Asked, names: readonly string[] = []): Benchmark[] {
  return Object.entries(parts)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, measure]) => ({ title: `trust: ${name}`, run: () => timed(() => measure(asked)) }))
}

/** The figures, and what it took to measure them. */
async function timed(measure: () => Promise<Figure[]>): Promise<Figure[]> {
  const before = process.cpuUsage()
  const [started, figures] = [performance.now(), await measure()]
  const { user, system } = process.cpuUsage(before)
  const taken = `${((user + system) / 1e6).toFixed(0)} s`
  return [
    ...figures,
    {
      what: 'processor time of this part',
      measured: taken,
      beside: `${((performance.now() - started) / 1000).toFixed(0)} s by the clock`,
    },
  ]
}

/** Names of the parts. */
export const trustParts = Object.keys(parts)
