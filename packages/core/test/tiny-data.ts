import { type Dataset, dataset } from '../src/data/dataset.js'
import { random } from '../src/kit/random.js'
import type { Example, Target } from '../src/contract/target.js'

/** The letters of which the texts of each class mostly consist. */
const favorites = { early: 'abcde', middle: 'klmno', late: 'uvwxy' } as const
const alphabet = 'abcdefghijklmnopqrstuvwxyz'

export type Part = keyof typeof favorites

/** `perClass` texts of 10 letters for each part of the alphabet; two of three letters are from that part. */
export function tinyExamples(perClass: number, seed = 0): Example<string, Part>[] {
  const { below, uniform } = random(seed)
  return Array.from({ length: 3 * perClass }, (_, index) => {
    const label = (['early', 'middle', 'late'] as const)[index % 3] ?? 'early'
    const letter = (): string => {
      const letters = uniform() < 2 / 3 ? favorites[label] : alphabet
      return letters.charAt(below(letters.length))
    }
    return { input: Array.from({ length: 10 }, letter).join(''), label }
  })
}

/** The same as a data set. */
export function tinyDataset(perClass: number, seed = 0): Dataset<string, Part> {
  return dataset(tinyExamples(perClass, seed))
}

/** The same texts under other labels. */
export function relabeled<Label extends Target>(
  perClass: number,
  seed: number,
  label: (text: string, part: Part) => Label,
): Dataset<string, Label> {
  return dataset(tinyExamples(perClass, seed).map((one) => ({ input: one.input, label: label(one.input, one.label) })))
}
