import * as z from 'zod'
import type {
  ClassificationReport,
  MultiLabelReport,
  RegressionReport,
  Report,
  TrainingSummary,
} from '../evaluate/report.js'

/** JSON says null for a figure that is no number. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)
const interval = z.tuple([figure, figure])
const perClass = z.array(
  z.object({ label: z.string(), precision: figure, recall: figure, f1: figure, support: z.number() }),
)

const classification = { accuracy: figure, macroF1: figure, logLoss: figure, calibrationError: figure }
const multiLabel = { accuracy: figure, macroF1: figure, microF1: figure, logLoss: figure }
const regression = { mae: figure, rmse: figure, r2: figure }

/** The same figures, an interval for each. */
function intervalsOf<Name extends string>(figures: Readonly<Record<Name, unknown>>) {
  const names = Object.keys(figures) as Name[]
  return z.object(Object.fromEntries(names.map((name) => [name, interval])) as Record<Name, typeof interval>)
}

/** A report in `headstart.json`, where `task` says what is called `kind` elsewhere. */
export const savedReportSchema: z.ZodType<SavedReport> = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('classification'),
    examples: z.number(),
    ...classification,
    baseline: z.object({ method: z.literal('majority-class'), label: z.string(), ...classification }),
    intervals: intervalsOf(classification),
    perClass,
    confusion: z.object({ labels: z.array(z.string()), matrix: z.array(z.array(z.number())) }),
  }),
  z.object({
    task: z.literal('multi-label'),
    examples: z.number(),
    ...multiLabel,
    baseline: z.object({ method: z.literal('label-frequencies'), ...multiLabel }),
    intervals: intervalsOf(multiLabel),
    perClass,
  }),
  z.object({
    task: z.literal('regression'),
    examples: z.number(),
    ...regression,
    baseline: z.object({ method: z.literal('training-mean'), value: figure, ...regression }),
    intervals: intervalsOf(regression),
  }),
])

type Saved<R extends Report> = Omit<R, 'kind'> & { readonly task: R['kind'] }

/** A report as `headstart.json` has it. */
export type SavedReport = Saved<ClassificationReport> | Saved<MultiLabelReport> | Saved<RegressionReport>

/** The report that was saved. */
export function reportOf(saved: SavedReport): Report {
  const read = <S extends SavedReport>({ task, ...figures }: S): Omit<S, 'task'> & { kind: S['task'] } => ({
    ...figures,
    kind: task,
  })
  switch (saved.task) {
    case 'classification':
      return read(saved)
    case 'multi-label':
      return read(saved)
    case 'regression':
      return read(saved)
  }
}

/** A report to be saved. */
export function toSavedReport(report: Report): SavedReport {
  const saved = <R extends Report>({ kind, ...figures }: R): Omit<R, 'kind'> & { task: R['kind'] } => ({
    ...figures,
    task: kind,
  })
  switch (report.kind) {
    case 'classification':
      return saved(report)
    case 'multi-label':
      return saved(report)
    case 'regression':
      return saved(report)
  }
}

/** What the naive baseline answers from, in `headstart.json`. */
export const trainingSchema: z.ZodType<TrainingSummary> = z.object({
  examples: z.number(),
  totals: z.array(z.number()),
})
