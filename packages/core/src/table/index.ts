export type { InputColumn } from './columns.js'
export { type LabelOf, readExamples, type ReadExamplesOptions } from './read-examples.js'
