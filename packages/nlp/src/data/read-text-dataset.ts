import { basename } from 'node:path'
import { type Dataset, dataset, type Kind } from '@headstart/core'
import type { Asked } from '@headstart/core'
import {
  type InputColumn,
  type LabelOf,
  readExamples,
  type ReadExamplesOptions,
  readInputs,
  type ReadInputsOptions,
} from '@headstart/core/kit'

/** Options of `readTextDataset`. */
export interface ReadTextDatasetOptions<T extends Kind = Kind> extends ReadExamplesOptions<T> {
  /** Default: `text`, or a like name, which is said. In JSON and Parquet also a path into a column: `data.text`. */
  readonly textColumn?: string | undefined
  /** Names of classes stay as they are spelled, for `checkData`, which says what is wrong with them. Default false. */
  readonly asItIs?: boolean | undefined
}

/** Where texts stand in a table. */
export function textIn(named?: string): InputColumn {
  return { role: 'text', usualNames, named }
}

/** In English, as libraries and tools write them; then in the languages of other spreadsheets. */
const usualNames = [
  'sentence review content message input comment tweet utterance question query document body description prompt',
  'nachricht satz kommentar frage beschreibung texte phrase commentaire texto mensaje comentario pregunta testo messaggio commento',
  'domanda tekst bericht mensagem comentário pergunta',
].flatMap((names) => names.split(' '))

/**
 * Reads labeled texts from CSV, TSV, JSON, Parquet or text for fastText, among them what tools for labeling export, which is said.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when the file cannot be read.
 */
export async function readTextDataset<T extends Kind = 'classification'>(
  path: string,
  options: ReadTextDatasetOptions<T> = {},
): Promise<Dataset<string, LabelOf[T]>> {
  const { examples, columns } = await readExamples(path, textIn(options.textColumn), options)
  const empty = examples.filter(({ input }) => input.trim() === '').length
  if (empty > 0 && !options.asItIs)
    options.onNotice?.(`${path}: ${empty} of ${examples.length} texts are empty; they are kept.`)
  return dataset(examples, { name: basename(path), columns, distinctNames: !options.asItIs })
}

/** Reads texts that nobody has labeled from a table as `readTextDataset` reads, row by row, with all its columns. */
export function readTexts(
  path: string,
  options: ReadInputsOptions & Pick<ReadTextDatasetOptions, 'textColumn'> = {},
): AsyncIterable<Asked<string>> {
  return readInputs(path, textIn(options.textColumn), options)
}
