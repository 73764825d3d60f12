import { basename } from 'node:path'
import type { Example } from '@headstart/core'
import { counted, OptionError } from '@headstart/core/kit'
import { type Part, parts, type SplitFolders } from './split-folders.js'

/** What is taken of a folder that holds the parts of a split; 'none' takes these folders for classes. */
export const splitChoices = [...parts, 'all', 'none'] as const
export type SplitChoice = (typeof splitChoices)[number]

type Examples = readonly Example<string>[]

/** What is learned from, and what was set aside to measure on. */
export interface ReadFolder {
  readonly train: Examples
  readonly test?: Examples
}

/** Reads the parts of a split that are asked for, and says what each is for. */
export async function readSplit(
  folder: string,
  { folders, others }: SplitFolders,
  choice: SplitChoice | undefined,
  onNotice: (message: string) => void,
  read: (folder: string) => Promise<Examples>,
): Promise<ReadFolder> {
  const of = async (part: Part): Promise<Examples> => (await Promise.all(folders[part].map(read))).flat()
  const named = (part: Part): string => folders[part].map((path) => `"${basename(path)}"`).join(', ')
  if (choice === 'all') return { train: (await Promise.all(parts.map(of))).flat() }
  if (choice !== undefined && choice !== 'none') {
    if (folders[choice].length > 0) return { train: await of(choice) }
    const have = parts.filter((part) => folders[part].length > 0).join(', ')
    throw new OptionError(`${folder}, option "split"`, have, choice, 'Correct it, or leave it out.')
  }
  const [measured, aside]: Part[] = folders.test.length > 0 ? ['test', 'validation'] : ['validation']
  const [train, test] = [await of('train'), await of(measured as Part)]
  const left = [...(aside && folders[aside].length > 0 ? [named(aside)] : []), ...others.map((name) => `"${name}"`)]
  onNotice(
    `${folder}: its folders are taken for a split, not for classes: ${named('train')} (${counted(train.length, 'picture')}) to learn from, ` +
      `${named(measured as Part)} (${test.length}) to measure on${left.length > 0 ? `; left aside: ${left.join(', ')}` : ''}. ` +
      'The option split says otherwise (on the command line: --split train, validation, test, all, or none where these are classes).',
  )
  return { train, test }
}
