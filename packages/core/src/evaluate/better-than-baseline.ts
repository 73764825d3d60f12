import type { Report } from './report.js'

/** Says of figures by cross-validation that they are no better than the naive baseline; undefined where they are better. */
export function noBetterThanBaseline(report: Report): string | undefined {
  const [name, value, baseline, isBetter] = headlineOf(report)
  if (isBetter) return undefined
  const both = `${name} ${value.toFixed(3)}, and ${baseline.toFixed(3)} without looking at the inputs`
  const remedy = 'Check the labels and that the network is made for such inputs, or add examples.'
  return `By cross-validation the model is no better than the baseline: ${both}. ${remedy}`
}

function headlineOf(report: Report): readonly [name: string, value: number, baseline: number, isBetter: boolean] {
  switch (report.kind) {
    case 'classification':
      return ['accuracy', report.accuracy, report.baseline.accuracy, report.accuracy > report.baseline.accuracy]
    case 'multi-label':
      return ['log-loss', report.logLoss, report.baseline.logLoss, report.logLoss < report.baseline.logLoss]
    case 'regression':
      return ['root mean squared error', report.rmse, report.baseline.rmse, report.rmse < report.baseline.rmse]
  }
}
