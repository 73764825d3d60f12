/**
 * `npx tsx scripts/pretrain.ts --data FOLDER [--left-out FOLDER]`: writes weights/behavior.onnx, the built-in network, from
 * the openly licensed shops in the folder (see MODEL_CARD.md). With --left-out it also writes one network for each family
 * of shops that never saw that family, by which benchmarks measure what carries over.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeOnnx } from '@headstart/onnx'
import { pretrain, type PretrainingFamily } from '../src/network/pretrain.js'
import { examplesFrom, sourceShops } from './source-shops.js'

const { values } = parseArgs({ options: { data: { type: 'string' }, 'left-out': { type: 'string' } } })
if (values.data === undefined) {
  console.error(`pretrain: expected --data FOLDER, which holds ${sourceShops.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const families: PretrainingFamily[] = []
for (const family of new Set(sourceShops.map((shop) => shop.family))) {
  const examples = []
  for (const shop of sourceShops.filter((one) => one.family === family)) {
    examples.push(...(await examplesFrom(values.data, shop.name)))
    console.log(`${shop.name}: ${examples.map(({ length }) => length).join(' + ')} examples of ${family} so far`)
  }
  families.push({ name: family, examples })
}

const weights = fileURLToPath(new URL('../weights', import.meta.url))
await mkdir(weights, { recursive: true })
await train(families, join(weights, 'behavior.onnx'))
if (values['left-out'] !== undefined) {
  await mkdir(values['left-out'], { recursive: true })
  for (const left of families) {
    await train(
      families.filter((family) => family !== left),
      join(values['left-out'], `without-${left.name}.onnx`),
    )
  }
}

async function train(sources: readonly PretrainingFamily[], file: string): Promise<void> {
  let loss = 0
  const { graph } = await pretrain(sources, {
    onEvent: (event) => {
      if (event.type === 'step') loss += (event.loss - loss) / Math.min(event.step, 50)
    },
  })
  await writeOnnx(graph, file)
  console.log(
    `${file}: from ${sources.map(({ name }) => name).join(', ')}; loss of the last 50 steps ${loss.toFixed(3)}`,
  )
}
