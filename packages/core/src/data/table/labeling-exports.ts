import { parseJsonText } from '../../kit/parse-json.js'
import type { InputColumn } from './columns.js'
import { type Cells, cellOf, isObject } from './value-at.js'

/** Where inputs and labels stand in what a tool for labeling exports. */
export interface LabelingExport {
  /** What it is: 'an export of Prodigy'. */
  readonly what: string
  /** What is taken for the input, and for the label, as people say it. */
  readonly says: { readonly input: string; readonly label: string }
  inputOf(cells: Cells): unknown
  /** A label, a list of them, or undefined where the row has none. */
  labelOf(cells: Cells): unknown
  /** Why a row is not learned from, whatever its label. */
  leftOut?(cells: Cells): string | undefined
}

type Recognize = (cells: Cells, input: InputColumn) => LabelingExport | undefined

/** The export of which this is the first row; undefined for a table of another origin. */
export function labelingExport(cells: Cells, input: InputColumn): LabelingExport | undefined {
  for (const recognize of [labelStudio, labelStudioTable, argilla, argillaRecords, prodigy, doccano, conversation]) {
    const found = recognize(cells, input)
    if (found) return found
  }
  return undefined
}

/** Label Studio, JSON: https://labelstud.io/guide/task_format. An annotation can answer several questions: the first is taken. */
const labelStudio: Recognize = (cells, input) => {
  const { data } = cells
  const list = ['annotations', 'completions'].find((name) => Array.isArray(cells[name]))
  const column = isObject(data) ? inputAmong(data, input) : undefined
  if (list === undefined || column === undefined) return undefined
  let question: unknown
  return {
    what: 'an export of Label Studio',
    says: { input: `data.${column}`, label: list },
    inputOf: cellOf(`data.${column}`),
    labelOf(row) {
      const annotations = objectsIn(row[list])
      const results = annotations.filter(({ was_cancelled }) => was_cancelled !== true).map(({ result }) => result)
      const answers = objectsIn(results.find((result) => objectsIn(result).length > 0)).filter(({ value }) =>
        isAnswer(value),
      )
      question ??= answers[0]?.['from_name']
      return flat(answers.filter(({ from_name }) => from_name === question).map(({ value }) => answerIn(value)))
    },
  }
}

/** Label Studio, JSON-MIN and CSV: a column for each question, several choices as `{"choices": [...]}`. */
const labelStudioTable: Recognize = (cells, input) => {
  const own = ['annotator', 'annotation_id', 'lead_time']
  if (!own.some((name) => name in cells) || !('id' in cells)) return undefined
  const column = inputAmong(cells, input)
  const others = new Set([...own, 'id', 'agreement', 'created_at', 'updated_at', 'data_id', column])
  const questions = Object.keys(cells).filter((name) => !others.has(name))
  const question = questions.find((name) => name === 'label') ?? (questions.length === 1 ? questions[0] : undefined)
  if (column === undefined || question === undefined) return undefined
  return {
    what: 'an export of Label Studio',
    says: { input: column, label: question },
    inputOf: (row) => row[column],
    labelOf: (row) => answerIn(row[question]),
  }
}

/** Argilla since 1.8: `fields` and `responses`, also as its data sets have them in the form of Hugging Face. */
const argilla: Recognize = (cells, input) => {
  const { fields, responses } = cells
  const flatName = Object.keys(cells).find((name) => name.endsWith('.responses'))
  const column = inputAmong(isObject(fields) ? fields : cells, input)
  if (column === undefined || (flatName === undefined && !(isObject(fields) && typeof responses === 'object')))
    return undefined
  const inputName = isObject(fields) ? `fields.${column}` : column
  let question: string | undefined
  return {
    what: 'an export of Argilla',
    says: { input: inputName, label: flatName ?? 'responses' },
    inputOf: cellOf(inputName),
    labelOf(row) {
      if (flatName !== undefined) return oneOf(row[flatName])
      const record = objectsIn(row['responses']).find(({ status }) => status !== 'discarded')
      const given = Array.isArray(row['responses']) ? record?.['values'] : row['responses']
      if (!isObject(given)) return undefined
      question ??= 'label' in given ? 'label' : Object.keys(given)[0]
      const answer = question === undefined ? undefined : given[question]
      if (!Array.isArray(answer)) return valueIn(answer)
      return valueIn(objectsIn(answer).find(({ status }) => status !== 'discarded'))
    },
    leftOut: ({ status }) => (status === 'discarded' ? 'discarded' : undefined),
  }
}

/** Argilla before 2, text classification. */
const argillaRecords: Recognize = (cells, input) => {
  const inputs = isObject(cells['inputs']) ? cells['inputs'] : {}
  if (!('annotation' in cells) || !('prediction' in cells || 'annotation_agent' in cells)) return undefined
  const own = typeof cells[input.role] === 'string' ? input.role : undefined
  const among = inputAmong(inputs, input)
  const inputName = own ?? (among === undefined ? undefined : `inputs.${among}`)
  if (inputName === undefined) return undefined
  return {
    what: 'an export of Argilla',
    says: { input: inputName, label: 'annotation' },
    inputOf: cellOf(inputName),
    labelOf: ({ annotation }) => annotation,
    leftOut: ({ status }) => (status === 'Discarded' ? 'discarded' : undefined),
  }
}

/** Prodigy, choice and binary: https://prodi.gy/docs/api-interfaces. */
const prodigy: Recognize = (cells, input) => {
  const column = inputAmong(cells, input)
  const label = ['accept', 'label'].find((name) => name in cells)
  if (column === undefined || label === undefined || !['accept', 'reject', 'ignore'].includes(String(cells['answer'])))
    return undefined
  return {
    what: 'an export of Prodigy',
    says: { input: column, label },
    inputOf: (row) => row[column],
    labelOf: (row) => row[label],
    leftOut: ({ answer }) => (answer === 'accept' ? undefined : `answered "${String(answer)}"`),
  }
}

/** doccano, text classification: labels as a list, in CSV with # between them. */
const doccano: Recognize = (cells, input) => {
  const names = Object.keys(cells).filter((name) => name !== 'Comments')
  const column = typeof cells['data'] === 'string' ? 'data' : inputAmong(cells, input)
  const label = ['label', 'labels'].find((name) => name in cells)
  if (!('id' in cells) || column === undefined || label === undefined) return undefined
  const isTable = typeof cells[label] === 'string' && names.join() === 'id,data,label'
  if (!isTable && !Array.isArray(cells[label])) return undefined
  return {
    what: 'an export of doccano',
    says: { input: column, label },
    inputOf: (row) => row[column],
    labelOf: (row) => (isTable ? String(row[label]).split('#').filter(Boolean) : row[label]),
  }
}

/** Examples for the tuning of a chat model: what its user says last, and what it answers. */
const conversation: Recognize = ({ messages }) => {
  const roles = new Set(objectsIn(messages).map(({ role }) => role))
  if (!roles.has('user') || !roles.has('assistant')) return undefined
  const last = (cells: Cells, by: string): unknown =>
    objectsIn(cells['messages']).findLast(({ role }) => role === by)?.['content']
  return {
    what: 'messages of a chat',
    says: { input: 'user', label: 'assistant' },
    inputOf: (row) => last(row, 'user'),
    labelOf: (row) => last(row, 'assistant'),
  }
}

/** The column of the input: by its usual names, else the only text. */
function inputAmong(cells: Cells, { role, usualNames }: InputColumn): string | undefined {
  const texts = Object.keys(cells).filter((name) => typeof cells[name] === 'string')
  return [role, ...usualNames].find((name) => texts.includes(name)) ?? (texts.length === 1 ? texts[0] : undefined)
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

const answerNames = ['choices', 'rating', 'number'] as const

function isAnswer(value: unknown): boolean {
  return isObject(value) && answerNames.some((name) => name in value)
}

/** What somebody chose, of a value of Label Studio or its JSON. */
function answerIn(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      return answerIn(parseJsonText(value) as unknown)
    } catch {
      return value
    }
  }
  if (Array.isArray(value)) return flat(value.map(answerIn))
  return isObject(value) ? value[answerNames.find((name) => name in value) ?? ''] : value
}

/** The first response, which can be a list of labels. */
function oneOf(responses: unknown): unknown {
  return Array.isArray(responses) ? valueIn(responses[0]) : responses
}

function valueIn(answer: unknown): unknown {
  return isObject(answer) ? answer['value'] : answer
}

/** Lists as one, and what stands alone by itself; undefined for nothing. */
function flat(values: readonly unknown[]): unknown {
  const all = values.flat()
  return all.length === 0 ? undefined : all.length === 1 ? all[0] : all
}
