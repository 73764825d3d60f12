import { basename, join } from 'node:path'
import {
  compare,
  type Dataset,
  drawsPerClass,
  fineTune,
  readTextDataset,
  textLearners,
  universalSentenceEncoder,
} from '@headstart/nlp'
import { bagOfWords } from '@headstart/nlp/kit'
import type { Benchmark, Figure } from './figure.js'

const seeds = 10

/** Any text classification data of one's own: a folder with train.csv and test.csv, columns `label` and `text`. */
export function textFolder(folder: string): Benchmark {
  return {
    title: `${basename(folder)}: accuracy on test.csv, ${seeds} seeds where examples are drawn`,
    async run() {
      const [train, test] = await Promise.all(
        ['train.csv', 'test.csv'].map((name) => readTextDataset(join(folder, name))),
      )
      if (!train || !test) return []
      const backbone = await universalSentenceEncoder()
      const model = await fineTune(backbone, train)
      const { accuracy, macroF1, intervals, baseline } = await model.evaluate(test)
      const protocol = drawsPerClass(backbone, { test, draws: seeds })
      const { rows } = await compare({ data: train, learners: textLearners(backbone), protocol })
      return [
        {
          what: `all ${train.size} examples`,
          measured: accuracy.toFixed(3),
          beside:
            `95 % interval ${intervals.accuracy.map((value) => value.toFixed(3)).join(' to ')}; macro-F1 ${macroF1.toFixed(3)}; ` +
            `no transfer ${(await withoutTransfer(train, test)).toFixed(3)}, one class ${baseline.accuracy.toFixed(3)}`,
        },
        ...rows.map(({ learner, row, test: { mean, sd }, seconds }): Figure => ({
          what: `${row}, ${learner}`,
          measured: mean.toFixed(3),
          beside: `sd ${sd.toFixed(3)}; ${seconds.toFixed(2)} s; one class ${baseline.accuracy.toFixed(3)}`,
        })),
      ]
    },
  }
}

async function withoutTransfer(train: Dataset<string>, test: Dataset<string>): Promise<number> {
  const model = await fineTune(bagOfWords(train.inputs), train, { cache: false })
  return model.accuracy(test, { cache: false })
}
