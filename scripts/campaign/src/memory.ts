import { script } from './program.js'
import { savedModels } from './saved-models.js'
import { type Extent, type Row, shareOf } from './table.js'

/** Does something so often, and says how the resident set grew from its first fifth on, as a share. */
const measure = (setUp: string, once: string): string => `
  import { Dataset } from '@headstart/core'
  import { loadModel, transformersBackbone } from '@headstart/nlp'
  import { fineTune } from '@headstart/core'
  const [, saved, times] = process.argv
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 20)) }
    return process.memoryUsage.rss()
  }
  ${setUp}
  let before
  const warm = Math.ceil(Number(times) / 5)
  for (let time = 0; time < Number(times); time++) {
    if (time === warm) before = await settled()
    ${once}
  }
  console.log(((await settled()) / (before ?? 1) - 1).toFixed(3))`

const examples = `const data = new Dataset(Array.from({ length: 16 }, (_, place) => ({ input: place % 2 ? 'bad food ' + place : 'good food ' + place, label: place % 2 ? 'bad' : 'good' })))`

/** Predicts, trains and loads again and again: memory stays where it was, within a tenth. */
export async function memory(extent: Extent): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, count, setUp, once] of [
    ['predictions', 2000, 'const model = await loadModel(saved)', "await model.predict('The food was good ' + time)"],
    ['loads', 30, '', 'await (await loadModel(saved)).close()'],
    [
      'trainings',
      30,
      `${examples}; const { backbone } = await loadModel(saved)`,
      'await (await fineTune(backbone, data, { cache: false })).close()',
    ],
    [
      'tunings',
      30,
      `${examples}; const { backbone } = await loadModel(saved)`,
      'await (await fineTune(backbone, data, { cache: false, unfreeze: 1, epochs: 2, seed: 0 })).close()',
    ],
  ] as const) {
    const times = shareOf(count, extent)
    const { code, said } = await script(measure(setUp, once), [savedModels.text, String(times)], ['--expose-gc']).ended
    const growth = Number(said)
    const isMeasured = times >= count
    const wrong =
      code !== 0 || Number.isNaN(growth)
        ? [said.slice(-400)]
        : isMeasured && growth > 0.1
          ? [`memory grew by ${(100 * growth).toFixed(0)} %`]
          : []
    rows.push({
      what: `memory, ${what}`,
      done: times,
      wrong,
      also: `resident set ${growth >= 0 ? '+' : ''}${(100 * growth).toFixed(1)} %`,
    })
  }
  return rows
}
