import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset, Example } from '@headstart/core'
import { dataset, readTextDataset } from '@headstart/nlp'
import { readImageDataset } from '@headstart/vision'
import { reviews } from '../reviews.js'

/** Texts to learn from and to be asked about, in the folder of the data or, of review sentences, by their kind. */
export async function texts(folder: string, name: string): Promise<{ train: Dataset<string>; test: Dataset<string> }> {
  if (name === 'reviews') {
    const { train, test } = reviews(['amazon']).split({ test: 0.5 })
    return { train: named(train.examples, name), test: named(test.examples, name) }
  }
  const [train, test] = await Promise.all(
    ['train.csv', 'test.csv'].map((file) => readTextDataset(join(folder, name, file))),
  )
  return { train: train as Dataset<string>, test: test as Dataset<string> }
}

/** Labeled texts of one file. */
export function textFile(folder: string, file: string): Promise<Dataset<string>> {
  return readTextDataset(join(folder, file))
}

/** Labeled pictures of a folder, at most so many. */
export async function pictures(folder: string, name: string, atMost = 500) {
  const path = join(folder, name)
  const data = await readImageDataset(existsSync(join(path, 'data')) ? join(path, 'data') : path)
  const step = Math.ceil(data.size / atMost)
  return data.subset([...data.examples.keys()].filter((index) => index % step === 0))
}

function named(examples: readonly Example<string>[], name: string): Dataset<string> {
  return dataset<string, string>(examples, { name })
}
