import { basename } from 'node:path'
import { FeatureCache } from '@headstart/core'
import { mobileNetV2, readImageDataset } from '@headstart/vision'
import { thumbnails } from '@headstart/vision/kit'
import type { Benchmark, Figure } from './figure.js'
import { kShotAccuracy } from './k-shot.js'
import { withEmptyCache } from './measure.js'

const seeds = 10
const shots = [10, 20, 50]

/** Any pictures of one's own: a folder with one folder for each class. */
export function imageFolder(folder: string): Benchmark {
  return {
    title: `${basename(folder)}: accuracy on all pictures that were not drawn to train on, ${seeds} seeds`,
    run: () =>
      withEmptyCache(async (directory) => {
        const cache = await FeatureCache.open({ directory })
        const data = await readImageDataset(folder, { onNotice: console.error })
        const counts = [...data.classCounts().values()]
        const majority = Math.max(...counts) / data.size
        const [backbone, pixels] = [await mobileNetV2(), thumbnails()]
        const figures: Figure[] = []
        for (const perClass of shots.filter((count) => count < Math.min(...counts))) {
          const frozen = await kShotAccuracy(() => backbone, data, { perClass, seeds, cache })
          const none = await kShotAccuracy(() => pixels, data, { perClass, seeds, cache })
          const beside = `sd ${frozen.sd.toFixed(3)}; no transfer ${none.mean.toFixed(3)}, one class ${majority.toFixed(3)}`
          figures.push({ what: `${perClass} per class`, measured: frozen.mean.toFixed(3), beside })
        }
        return figures
      }),
  }
}
