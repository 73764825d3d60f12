import { type Backbone, isTunable } from '../contract/backbone.js'
import { DataError, type InputError } from '../contract/errors.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import { toPredictions } from '../contract/prediction.js'
import type { Kind, Target } from '../contract/target.js'
import type { Documented } from '../contract/trained.js'
import type { Dataset } from '../data/dataset.js'
import { describeUnreadable } from '../data/if-readable.js'
import { confidences } from '../evaluate/calibration.js'
import { topClasses } from '../evaluate/metrics.js'
import { report, type TrainingSummary } from '../evaluate/report.js'
import type { ExplanationFigures } from '../explain/explanation-figures.js'
import { networkOf } from '../contract/knowledge.js'
import { computeFeatures, type ComputeFeaturesOptions } from '../features/cached-features.js'
import { encodeTargets } from '../head/head.js'
import { lossesOf } from '../head/held-out-loss.js'
import { documented } from '../kit/documented.js'
import { likenessOf } from '../trust/familiarity.js'
import { thresholdOf, type Unknown, usualShare } from '../trust/refusal.js'
import type { Trust } from '../trust/trust.js'
import {
  describeInScope,
  type Evaluation,
  formatEvaluation,
  type OutOfScope,
  outOfScopeOf,
  reliabilityOf,
} from './evaluation.js'
import { familiarityIn } from './judged.js'
import { reportPage } from './report-page.js'

/** What is needed of a model to measure it. */
interface Measurable<Input> {
  readonly backbone: Backbone<Input>
  readonly kind: Kind
  readonly labels: readonly string[]
  readonly trust: Trust
  readonly training: TrainingSummary
}

/** What is measured with: see `EvaluateOptions`. */
interface Measuring<Input> extends ComputeFeaturesOptions {
  readonly seed?: number | undefined
  readonly unknown?: Unknown | undefined
  readonly outOfScope?: readonly Input[] | undefined
  /** How faithful explanations of some of the examples are, where that was measured. */
  readonly explanations?: ExplanationFigures | undefined
  /** How many of the examples the model was trained on, as far as it knows. */
  readonly trainedOn: number
  /** See `PageParts`. */
  readonly why?: ((input: Input) => Promise<string>) | undefined
}

/** The figures of what a model answers for examples, and a page of them. */
export async function evaluateModel<Input, Label extends Target>(
  model: Measurable<Input>,
  data: Dataset<Input, Label>,
  features: Matrix,
  results: Matrix,
  options: Measuring<Input>,
): Promise<Evaluation<Label> & Documented> {
  const { kind, labels, training, backbone } = model
  const targets = encodeTargets(data.targets, labels)
  const isClasses = kind === 'classification'
  const { outOfScope, explanations, trainedOn } = options
  const figures = {
    ...report(kind, labels, targets, results, training, options.seed),
    ...(isClasses && reliabilityOf(targets, results)),
    ...(outOfScope && {
      outOfScope: await measureOutOfScope(
        model,
        features,
        isClasses ? confidences(topClasses(targets), results).right : undefined,
        { ...options, outOfScope },
      ),
    }),
    ...(explanations && { explanations }),
    ...(trainedOn > 0 && { trainedOn }),
  } as Evaluation<Label>
  const { picture } = (isTunable(backbone) && backbone.preprocessing.checks) || {}
  const page = (): Promise<string> =>
    reportPage({
      name: data.name,
      evaluation: figures,
      inputs: data.inputs,
      targets: data.targets,
      answers: toPredictions<Target>(kind, labels, results),
      losses: lossesOf(kind, targets, results),
      pictureOf: async (input) => picture?.(input),
      why: options.why,
    })
  return documented(figures, { text: formatEvaluation, page })
}

/** How well inputs that do not belong are told from data that do, by the features of these. */
async function measureOutOfScope<Input>(
  model: Measurable<Input>,
  features: Matrix,
  right: Uint8Array | undefined,
  options: Measuring<Input> & { readonly outOfScope: readonly Input[] },
): Promise<OutOfScope> {
  const known = familiarityIn(model)
  const { unknown = usualShare, outOfScope: foreign, onEvent } = options
  if (foreign.length === 0) {
    const remedy = 'Give inputs that do not belong to the task.'
    throw new DataError('data out of scope', 'at least one input', 'none', remedy)
  }
  const unreadable = new Map<number, InputError>()
  const onUnreadable = (index: number, error: InputError): void => void unreadable.set(index, error)
  const others = await computeFeatures(networkOf(model.backbone), foreign, { ...options, onUnreadable })
  const readable = [...foreign.keys()].filter((index) => !unreadable.has(index))
  if (unreadable.size > 0) {
    const message = `data out of scope: ${describeUnreadable([...unreadable.values()], foreign.length)}`
    onEvent?.({ type: 'notice', message })
  }
  const belongs = await likenessOf(features, known)
  const apart = await likenessOf(takeRows(others, readable), known)
  const figures = outOfScopeOf(
    belongs.familiarity,
    apart.familiarity,
    thresholdOf(known.held, unknown).value,
    typeof unknown === 'number' ? unknown : unknown.share,
    right,
  )
  const message = describeInScope(figures)
  if (message !== undefined) onEvent?.({ type: 'notice', message })
  return figures
}
