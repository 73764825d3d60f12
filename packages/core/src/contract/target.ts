/** What an example is labeled with: one class, any number of classes, or a number. */
export type Target = string | readonly string[] | number

/** The kind of question that a data set asks and a head answers. */
export type Kind = 'classification' | 'multi-label' | 'regression'

/** The task of a label type. */
export type KindOf<T extends Target> = T extends string
  ? 'classification'
  : T extends number
    ? 'regression'
    : 'multi-label'

/** One labeled example. */
export interface Example<Input, Label extends Target = string> {
  readonly input: Input
  readonly label: Label
  /**
   * Examples of one group stand on the same side of every split and in the same fold: copies of one picture, photos of
   * one patient. Default: none, the example stands for itself.
   */
  readonly group?: string | number
}
