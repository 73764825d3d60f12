import { type CalibrationBin, calibrationBins, confidences } from '../evaluate/calibration.js'
import { formatReport } from '../evaluate/format-report.js'
import type { Report, ReportOf } from '../evaluate/report.js'
import { type RiskAtCoverage, riskOverCoverage, separation, type Separation } from '../evaluate/separation.js'
import { wilsonInterval } from '../evaluate/interval.js'
import { topClasses } from '../evaluate/metrics.js'
import type { Matrix } from '../contract/matrix.js'
import type { Target } from '../contract/target.js'
import { type ExplanationFigures, formatExplanations } from '../explain/explanation-figures.js'
import { textTable } from '../kit/text-table.js'

/** A report, and how far its answers can be trusted. Plain JSON. */
export type Evaluation<Label extends Target = Target> = ReportOf<Label> & EvaluationFigures

/** What `Model.evaluate` says beside the report. */
export interface EvaluationFigures {
  /** Of classes: how often answers are right, by how sure the model is. Bins without examples are left out. */
  readonly reliability?: readonly CalibrationBin[]
  /** Of classes: how many answers are wrong when only the surest are given. */
  readonly riskCoverage?: readonly RiskAtCoverage[]
  /** How well inputs that do not belong to the task are told, where some were given. */
  readonly outOfScope?: OutOfScope
  /** How faithful explanations are, where that was asked for. */
  readonly explanations?: ExplanationFigures
  /** About how many of the examples the model was trained on, where it was on some: these flatter it. */
  readonly trainedOn?: number
}

/** How well familiarity tells what does not belong. */
export interface OutOfScope extends Separation {
  /** Inputs that do not belong. */
  readonly examples: number
  /** Share of what belongs that may be refused. */
  readonly share: number
  /** Share of what does not belong that is refused. */
  readonly refused: number
  /** Share of the data, which belong, that is not. */
  readonly kept: number
  /** How many answers are wrong when only the most familiar are given; of what does not belong every answer is. Of classes. */
  readonly riskCoverage?: readonly RiskAtCoverage[]
}

/** Reliability, and risk over coverage, of classes. */
export function reliabilityOf(
  targets: Matrix,
  results: Matrix,
): Required<Pick<EvaluationFigures, 'reliability' | 'riskCoverage'>> {
  const confident = confidences(topClasses(targets), results)
  return {
    reliability: calibrationBins(confident).filter(({ count }) => count > 0),
    riskCoverage: riskOverCoverage(confident.confidence, wrongOf(confident.right)),
  }
}

/**
 * @param belongs, foreign Familiarity of the data, and of what does not belong.
 * @param right Whether the answers for the data are, of classes.
 */
export function outOfScopeOf(
  belongs: Float32Array,
  foreign: Float32Array,
  threshold: number,
  share: number,
  right: Uint8Array | undefined,
): OutOfScope {
  const { auroc, fpr95 } = separation(belongs, foreign)
  const shareOf = (scores: Float32Array, test: (score: number) => boolean): number =>
    scores.filter(test).length / scores.length
  return {
    auroc,
    fpr95,
    refused: shareOf(foreign, (score) => score < threshold),
    kept: shareOf(belongs, (score) => score >= threshold),
    examples: foreign.length,
    share,
    ...(right && {
      riskCoverage: riskOverCoverage([...belongs, ...foreign], [...wrongOf(right), ...Array.from(foreign, () => true)]),
    }),
  }
}

/** Says it where what was given as foreign looks as familiar as the data; undefined where it does not. */
export function describeInScope({ auroc, refused, kept, examples }: OutOfScope): string | undefined {
  // As many are refused as of the data, as far as chance allows.
  const [low] = wilsonInterval(refused, examples)
  if (auroc > 0.6 && low > 1 - kept) return undefined
  return (
    `What was given as out of scope is as familiar as the data (AUROC ${auroc.toFixed(3)}; ${percent(refused)} of it are refused, ` +
    `${percent(1 - kept)} of the data): it seems to be of the kind that the model was trained on.`
  )
}

/** Report and figures as tables of plain text. */
export function formatEvaluation(evaluation: Evaluation): string {
  const { riskCoverage, outOfScope, explanations } = evaluation as EvaluationFigures
  const sections = [formatReport(evaluation as Report)]
  if (riskCoverage) sections.push(`Wrong answers where only the surest are given:\n${risks(riskCoverage)}`)
  if (outOfScope) {
    const { auroc, fpr95, refused, kept, examples, share } = outOfScope
    sections.push(
      textTable([
        [`${examples} out of scope`, 'by familiarity'],
        ['AUROC', auroc.toFixed(3)],
        ['wrongly kept, at 95 % kept', fpr95.toFixed(3)],
        [`refused, where ${percent(share)} may be`, refused.toFixed(3)],
        ['kept of the data', kept.toFixed(3)],
      ]),
    )
    if (outOfScope.riskCoverage)
      sections.push(`Wrong answers where only the most familiar are given:\n${risks(outOfScope.riskCoverage)}`)
  }
  if (explanations) sections.push(formatExplanations(explanations))
  return sections.join('\n\n')
}

function risks(points: readonly RiskAtCoverage[]): string {
  return textTable([
    ['given', ...points.map(({ coverage }) => percent(coverage))],
    ['wrong', ...points.map(({ risk }) => risk.toFixed(3))],
  ])
}

function wrongOf(right: Uint8Array): boolean[] {
  return Array.from(right, (one) => one === 0)
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`
}
