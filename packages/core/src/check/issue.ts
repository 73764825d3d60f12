/** What can be wrong with data, in the order in which it is said. */
export const issueKinds = [
  'unreadable',
  'leak',
  'contradiction',
  'wrong-label',
  'label-name',
  'small-class',
  'giveaway',
  'duplicate',
  'near-duplicate',
  'indistinct',
  'outlier',
] as const

/**
 * 'unreadable': the input cannot be read, or says nothing. 'leak': it is in the training and in the test data. 'contradiction': the same
 * content, or nearly the same, has different labels. 'wrong-label': the label looks wrong. 'label-name': names of classes that differ
 * by capitals or white space, or that stand for a missing value. 'small-class': too few examples of a class. 'giveaway': something beside
 * the content says the label. 'duplicate', 'near-duplicate': examples of one content, or nearly. 'indistinct': different inputs that the
 * network sees no difference between. 'outlier': unlike all other examples.
 */
export type IssueKind = (typeof issueKinds)[number]

/** One thing to look at. */
export interface Issue {
  readonly kind: IssueKind
  /** Numbers of the examples it is about, from 1, in the order of the data. */
  readonly rows: readonly number[]
  /** Numbers of examples in the test data, from 1; of leaks alone. */
  readonly testRows?: readonly number[]
  /** Labels it is about: of a wrong label the one that is given and the one that is more likely. */
  readonly labels: readonly string[]
  /** From 0 to 1, 1 is worst: how sure it is, or how much is the matter. */
  readonly score: number
  /** What it is and what to do, in a sentence or two. */
  readonly advice: string
  /** Beginning of the first input where it is text: a text, or the path of a picture. */
  readonly input?: string
}
