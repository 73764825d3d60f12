export type { InputColumn } from './columns.js'
export { type LabelOf, readExamples, type ReadExamplesOptions } from './read-examples.js'
export { readRows, type Row, type RowFormat } from './rows.js'
