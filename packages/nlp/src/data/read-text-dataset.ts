import { basename } from 'node:path'
import { type Dataset, dataset, type Kind } from '@headstart/core'
import { type LabelOf, readExamples, type ReadExamplesOptions } from '@headstart/core/kit'

/** Options of `readTextDataset`. */
export interface ReadTextDatasetOptions<T extends Kind = Kind> extends ReadExamplesOptions<T> {
  /** Default: `text`, or a like name, which is said. */
  readonly textColumn?: string | undefined
}

const usualNames = ['sentence', 'review', 'content', 'message', 'input']

/**
 * Reads labeled texts from a CSV or TSV file with a header, or a JSONL file with one object on each line, in UTF-8.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when the file cannot be read.
 */
export async function readTextDataset<T extends Kind = 'classification'>(
  path: string,
  options: ReadTextDatasetOptions<T> = {},
): Promise<Dataset<string, LabelOf[T]>> {
  const examples = await readExamples(path, { role: 'text', usualNames, named: options.textColumn }, options)
  const empty = examples.filter(({ input }) => input.trim() === '').length
  if (empty > 0) options.onNotice?.(`${path}: ${empty} of ${examples.length} texts are empty; they are kept.`)
  return dataset(examples, { name: basename(path) })
}
