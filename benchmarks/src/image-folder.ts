import { basename } from 'node:path'
import { FeatureCache } from '@headstart/core'
import { pairedDifference } from '@headstart/core/kit'
import { joinedMobileNets, mobileNetV2, readImageDataset } from '@headstart/vision'
import { thumbnails } from '@headstart/vision/kit'
import { type Benchmark, type Figure } from './figure.js'
import { kShotAccuracies } from './k-shot.js'
import { spreadOf, withEmptyCache } from './measure.js'

const seeds = 5
const shots = [10, 50]
/** Pictures of which the time is measured. */
const timed = 100

/**
 * Any pictures of one's own: a folder with one folder for each class. The built-in networks beside each other and beside the pixels
 * alone, on the same draws.
 */
export function imageFolder(folder: string): Benchmark {
  return {
    title: `${basename(folder)}: accuracy on pictures that were not drawn to train on, ${seeds} draws`,
    run: () =>
      withEmptyCache(async (directory) => {
        const cache = await FeatureCache.open({ directory })
        const data = await readImageDataset(folder, { onNotice: console.error })
        const counts = [...data.classCounts().values()]
        const majority = Math.max(...counts) / data.size
        const [joined, small, pixels] = [await joinedMobileNets(), await mobileNetV2(), thumbnails()]
        const figures: Figure[] = []
        for (const perClass of shots.filter((count) => count < Math.min(...counts))) {
          const accuracies = async (backbone: typeof pixels): Promise<number[]> =>
            kShotAccuracies(() => backbone, data, { perClass, seeds, cache })
          const [both, one, none] = [await accuracies(joined), await accuracies(small), await accuracies(pixels)]
          const [ours, theirs] = [spreadOf(both), spreadOf(one)]
          const { mean, margin } = pairedDifference(both.map((value, draw) => [value, one[draw] as number]))
          figures.push({
            what: `${perClass} per class, ${joined.id}`,
            measured: ours.mean.toFixed(3),
            beside:
              `sd ${ours.sd.toFixed(3)}; ${small.id} ${theirs.mean.toFixed(3)} (sd ${theirs.sd.toFixed(3)}), ` +
              `difference ${mean.toFixed(3)} ± ${margin.toFixed(3)}; ` +
              `no transfer ${spreadOf(none).mean.toFixed(3)}, one class ${majority.toFixed(3)}`,
          })
        }
        const some = data.inputs.slice(0, timed)
        const cost = async (backbone: typeof joined): Promise<number> => {
          await backbone.embed(some.slice(0, 1))
          const before = process.cpuUsage()
          await backbone.embed(some)
          const { user, system } = process.cpuUsage(before)
          return (user + system) / 1000 / some.length
        }
        const [ours, theirs] = [await cost(joined), await cost(small)]
        figures.push({
          what: `ms of CPU for a picture, ${joined.id}`,
          measured: ours.toFixed(1),
          beside: `${small.id} ${theirs.toFixed(1)}: ${(ours / theirs).toFixed(2)} times`,
        })
        return figures
      }),
  }
}
