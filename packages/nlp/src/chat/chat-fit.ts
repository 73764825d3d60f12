import { basename, join } from 'node:path'
import { tableColumns, tablesFit } from '@headstart/core/kit'
import { textIn } from '../data/read-text-dataset.js'
import { answerColumns, chatFiles } from './read-chat-data.js'

/** How much of each of these files is of use to a bot, see `BenchMaker.fit`: of texts that nothing is said to half as much. */
export async function chatFit(folder: string, names: readonly string[]): Promise<readonly number[]> {
  const isBeside = (name: string): boolean => chatFiles.includes(basename(name))
  const hasAnswers = names.some(isBeside)
  const texts = await tablesFit(folder, names, textIn())
  return Promise.all(
    names.map(async (name, place) => {
      if (isBeside(name)) return 1
      const fit = texts[place] as number
      const columns = await tableColumns(join(folder, name))
      const { label, answer } = answerColumns(columns)
      if (fit === 0 || answer === undefined) return hasAnswers ? fit : fit / 2
      // Of questions and answers alone each question is an intent.
      return Math.min(1, (label === undefined ? 2 : 3) / columns.length)
    }),
  )
}
