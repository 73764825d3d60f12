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
 * The folders in the only one that holds pictures: classes, perhaps, of whoever gave the path of the folder above them.
 * @returns Undefined where there are several folders with pictures, or no two in the only one.
 */
export function classesOneDeeper(
  folder: string,
  found: Pick<FoundPictures, 'pictures'>,
): { readonly only: string; readonly classes: readonly string[] } | undefined {
  const [[only, classes] = ['', new Set<string>()], ...more] = classesByFolder(folder, found)
  return more.length === 0 && classes.size > 1 ? { only, classes: [...classes] } : undefined
}

/** Says that the path of a folder above the classes may have been given. */
export function describeDeeper(
  folder: string,
  deeper: { readonly only: string; readonly classes: readonly string[] },
): string {
  const { only, classes } = deeper
  const named = classes.slice(0, 5).map((name) => `"${name}"`)
  const all = `${named.join(', ')}${classes.length > named.length ? `, and ${classes.length - named.length} more` : ''}`
  return `${folder}: all pictures lie in "${only}", which is taken for their class. If the folders in it are the classes (${all}), give ${join(folder, only)}.`
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
