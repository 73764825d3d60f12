import { join, relative, sep } from 'node:path'
import type { FoundPictures } from './find-pictures.js'

/** What the parts of a data set are there for. */
export const parts = ['train', 'validation', 'test'] as const
export type Part = (typeof parts)[number]

/** Folders of a data set that hold its parts, each with the folders of the classes in it. */
export interface SplitFolders {
  readonly folders: Readonly<Record<Part, readonly string[]>>
  /** Names of folders beside them that hold pictures. */
  readonly others: readonly string[]
}

const names: Readonly<Record<Part, RegExp>> = {
  train: /^(seg_|x_)?train(ing)?([ _-]?(set|data|images|imgs|split))?$/i,
  validation: /^(seg_|x_)?(val|valid|validation|dev)([ _-]?(set|data|images|imgs|split))?$/i,
  test: /^(seg_|x_)?(test|testing|eval|evaluation)([ _-]?(set|data|images|imgs|split))?$/i,
}

/**
 * Whether the folders that would be classes are parts of a split: one for training and another beside it, and in both folders of
 * the same name, or no other folders than parts.
 */
export function splitFolders(folder: string, found: Pick<FoundPictures, 'pictures'>): SplitFolders | undefined {
  const classes = classesByFolder(folder, found)
  const partsOf = (name: string): Part[] => parts.filter((part) => names[part].test(name))
  const of = (part: Part): string[] => [...classes.keys()].filter((name) => partsOf(name).includes(part))
  const others = [...classes.keys()].filter((name) => partsOf(name).length === 0)
  const beside = [...of('validation'), ...of('test')]
  const trained = of('train').flatMap((name) => [...(classes.get(name) ?? [])])
  // Some archives hold a part in a folder of the same name: training_set/training_set.
  const isTwice = (name: string): boolean => [...(classes.get(name) ?? [])].join('/') === name
  const isPart = (name: string): boolean => isTwice(name) || trained.some((label) => classes.get(name)?.has(label))
  const isSplit = trained.length > 0 && beside.length > 0 && (others.length === 0 || beside.some(isPart))
  if (!isSplit) return undefined
  const path = (name: string): string => (isTwice(name) ? join(folder, name, name) : join(folder, name))
  const [train, validation, test] = parts.map((part) => of(part).map(path)) as [string[], string[], string[]]
  return { folders: { train, validation, test }, others }
}

/**
 * What whoever gave the path of a folder above the classes should be told: all pictures lie in one folder that holds several, or one of
 * those that are taken for classes holds a split.
 */
export function hintOneDeeper(folder: string, found: Pick<FoundPictures, 'pictures'>): string | undefined {
  const classes = [...classesByFolder(folder, found)]
  const holdsSplit = ([, below]: (typeof classes)[number]): boolean =>
    [names.train, names.test].every((pattern) => [...below].some((name) => pattern.test(name)))
  const [only, ...more] = classes
  const deeper = more.length === 0 && only && only[1].size > 1 ? only : classes.find(holdsSplit)
  if (!deeper) return undefined
  const [label, below] = deeper
  const named = [...below].slice(0, 5).map((name) => `"${name}"`)
  const others = below.size > named.length ? `, and ${below.size - named.length} more` : ''
  const what = holdsSplit(deeper) ? 'a split' : 'the classes'
  return `${folder}: "${label}" is taken for a class. If the folders in it are ${what} (${named.join(', ')}${others}), give ${join(folder, label)}.`
}

/** The folders in each folder of the first level that hold pictures. */
function classesByFolder(folder: string, { pictures }: Pick<FoundPictures, 'pictures'>): Map<string, Set<string>> {
  const classes = new Map<string, Set<string>>()
  for (const { path, label } of pictures) {
    const [, second, third] = relative(folder, path).split(sep)
    const found = classes.get(label) ?? new Set()
    if (third !== undefined) found.add(second as string)
    classes.set(label, found)
  }
  return classes
}
