import { createHash } from 'node:crypto'
import type { Graph, Tensor } from '@headstart/onnx'
import { GradientError, NotDifferentiableError } from '@headstart/onnx/kit'
import type { JsonObject, TunableBackbone } from '../contract/backbone.js'
import { assertAnswers } from './assert-answers.js'
import { lengthSteps } from './batches.js'
import { resolveCache } from '../features/cached-features.js'
import { Checkpoint, type TrainingIdentity } from './checkpoint.js'
import { cutBackbone } from './cut-backbone.js'
import { type CutExample, CutTensors } from './cut-tensors.js'
import type { Dataset } from '../data/dataset.js'
import { InputError } from '../contract/errors.js'
import type { FineTuneOptions, HeadOptions } from './fine-tune-options.js'
import { linearHead } from '../head/head.js'
import { lossesOf } from '../head/held-out-loss.js'
import { weightedMean } from '../head/inverse-temperature.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import { keptExamples } from '../model/kept-examples.js'
import { Model } from '../model/model.js'
import { heldOutFamiliarity, trustOf } from '../trust/trust.js'
import { posedInDeviations, type PosedProblem } from '../head/posed-problem.js'
import type { Progress, RunOptions } from '../contract/progress.js'
import { report, summarize } from '../evaluate/report.js'
import { splitNetwork } from './split-network.js'
import type { Store } from '../contract/store.js'
import type { Target } from '../contract/target.js'
import { headModel, marksOf, offeredTo, type SolvedHead, solveHead, solveOn, trainHead } from './train-head.js'
import { runTunings, type TunedNetwork } from './tuning.js'
import type { TuningData } from './tuning-objective.js'
import { checkTuning, planTuning, type TuningPlan, unfrozenStages } from './tuning-plan.js'
import { unfreezeError } from './unfreezable-stages.js'

/**
 * Fine-tunes the last stages of a backbone: the head first, on features of the frozen backbone, then the stages as the
 * options say. Where that does not beat the frozen backbone on held-out examples, the model is its head alone.
 */
export async function tune<Input, Label extends Target>(
  backbone: TunableBackbone<Input>,
  examples: Dataset<Input, Label>,
  options: FineTuneOptions,
): Promise<Model<Input, Label>> {
  const { seed = 0, onEvent, signal } = options
  checkTuning(options, examples.kind)
  const unfreeze = unfrozenStages(options, backbone.network.stages.length)
  const split = splitNetwork(backbone.network, unfreeze)
  const cache = (await resolveCache(options)) ?? false
  const cut = await CutTensors.open(backbone, split, cache || undefined)
  try {
    const solved = await solveHead(cutBackbone(backbone, split, cut), examples, { ...options, cache })
    const plan = planTuning(options, solved.data, unfreeze)
    const { data, posed } = await tuningData(cut, solved, options)
    const checkpoint = await Checkpoint.open(options, () => identityOf(backbone, solved, data.examples, plan, options))
    const tuned = await runTunings(split, data, plan, {
      seed,
      checkpoint,
      devices: backbone.devices,
      familiarity: async (weights, heldOut) => {
        const tuned = withWeights(split.tuned, weights)
        const features = await cutBackbone(backbone, { ...split, tuned }, cut).embed(solved.data.inputs, { signal })
        const scores = await heldOutFamiliarity(solved.data, features, heldOut)
        return { rows: scores.length, columns: 1, data: scores }
      },
      signal,
      onEvent,
    }).catch(async (error: unknown) => {
      if (!(error instanceof NotDifferentiableError || error instanceof GradientError)) throw error
      throw await unfreezeError(backbone, unfreeze, error, solved.data.inputs.slice(0, 2))
    })
    if (!tuned) return await trainHead(backbone, solved.data, { ...options, cache })
    const own = inUnits(tuned, posed)
    const better = await betterFrozen(backbone, solved, own, { ...options, cache: cache || undefined })
    return better
      ? await headModel(better.backbone, better, options)
      : await tunedModel(backbone, solved, plan, own, options)
  } finally {
    await cut.close()
  }
}

/**
 * The frozen network with what is known beside it, where that answers what is held out better than the tuned one, beside which nothing
 * stands.
 */
async function betterFrozen<Input, Label extends Target>(
  backbone: TunableBackbone<Input>,
  { data, features }: SolvedHead<Input, Label>,
  { rows, results }: TunedNetwork,
  options: HeadOptions & { readonly cache: Store | undefined },
): Promise<SolvedHead<Input, Label> | undefined> {
  const offered = offeredTo(backbone, data, options)
  if (offered.length === 0) return undefined
  const frozen = await solveOn(backbone, offered, data, features, options)
  const { knowledge: chosen } = frozen.chosen
  if (!chosen || !frozen.heldOut) return undefined
  const targets = takeRows(frozen.targets, rows)
  const lossOf = (answers: Matrix): number =>
    weightedMean(
      lossesOf(data.kind, targets, answers),
      rows.map((row) => frozen.weights[row] as number),
    )
  const [own, other] = [lossOf(results), lossOf(takeRows(frozen.heldOut, rows))]
  const isTunedBest = own < other
  options.onEvent?.({
    type: 'notice',
    message:
      `The examples held out have a loss of ${own.toFixed(4)} by the tuned network, beside which nothing else is known, and of ` +
      `${other.toFixed(4)} by the frozen one with ${Object.keys(chosen).join(', ')} beside it: the model is the ${isTunedBest ? 'tuned' : 'frozen'} one.`,
  })
  return isTunedBest ? undefined : frozen
}

/** All that a tuning learns from. Numbers are learned as standard deviations from their mean, as heads are. */
async function tuningData<Input>(
  cut: CutTensors<Input>,
  { data, features, targets, weights, l2 }: SolvedHead<Input, Target>,
  { signal, onEvent }: RunOptions,
): Promise<{ data: TuningData<Input>; posed: PosedProblem | undefined }> {
  const { kind } = data
  const posed = kind === 'regression' ? posedInDeviations({ kind, features, targets }) : undefined
  const onProgress = ({ done, total }: Progress): void => onEvent?.({ type: 'features', done, total, cached: 0 })
  const examples = readable(await cut.read(data.inputs, { signal, onProgress }))
  const costs = examples.map(({ cost }) => cost)
  const truth = posed?.problem.targets ?? targets
  return {
    data: { kind, cut, examples, costs, lengths: lengthSteps(costs), features, targets: truth, weights, l2 },
    posed,
  }
}

/** Examples that could all be read a moment ago. */
function readable<Input>(examples: readonly (CutExample<Input> | InputError)[]): CutExample<Input>[] {
  return examples.map((example) => {
    if (example instanceof InputError) throw example
    return example
  })
}

/** What was learned in standard deviations, in the unit of the numbers. */
function inUnits(tuned: TunedNetwork, posed: PosedProblem | undefined): TunedNetwork {
  return posed ? { ...tuned, head: posed.weights(tuned.head), results: posed.results(tuned.results) } : tuned
}

/** The same kind of model as a head alone gives, on a network of its own. */
async function tunedModel<Input, Label extends Target>(
  backbone: TunableBackbone<Input>,
  { data, targets, l2, folds }: SolvedHead<Input, Label>,
  plan: TuningPlan,
  { weights, head, epoch, rows, results, familiar }: TunedNetwork,
  { seed = 0, classWeight = 'none', keep = false, signal }: FineTuneOptions,
): Promise<Model<Input, Label>> {
  const { graph, stages } = backbone.network
  const training = summarize(data)
  const tuned = backbone.withNetwork({ graph: withWeights(graph, weights), stages })
  const features = await tuned.embed(data.inputs, { signal })
  const learned = linearHead(data.kind, data.labels, head)
  await assertAnswers(data.name, learned, features)
  const heldOut = { targets: takeRows(targets, rows), results }
  return new Model<Input, Label>({
    backbone: tuned,
    ownsBackbone: true,
    head: learned,
    recipe: { ...settingsOf(plan), strategy: plan.strategy, seed, l2, folds, classWeight, epoch },
    training,
    trust: await trustOf({ ...data, features, heldOut, familiar }),
    kept: keep ? await keptExamples(tuned, features, data.examples) : undefined,
    trainedOn: marksOf(tuned, data),
    columns: data.columns,
    validation: () => report(data.kind, data.labels, heldOut.targets, results, training),
  })
}

function withWeights(graph: Graph, weights: ReadonlyMap<string, Tensor>): Graph {
  return graph.with({ initializers: new Map([...graph.initializers, ...weights]) })
}

/** A plan as JSON, without the rows that it holds out. */
function settingsOf({ folds, lora, ...settings }: TuningPlan): JsonObject {
  return {
    ...settings,
    validationRuns: folds.length,
    lora: lora ? { rank: lora.rank, alpha: lora.alpha ?? lora.rank } : null,
  }
}

/** What must be the same for a tuning to be resumed. */
function identityOf(
  backbone: TunableBackbone<never>,
  { data, l2, weights }: SolvedHead<unknown, Target>,
  examples: readonly CutExample<unknown>[],
  plan: TuningPlan,
  { seed = 0 }: FineTuneOptions,
): TrainingIdentity {
  const digest = createHash('sha256')
  examples.forEach(({ key }, row) => digest.update(`${key} ${JSON.stringify(data.targets[row])} ${weights[row]}\n`))
  return {
    backbone: backbone.fingerprint,
    examples: digest.digest('hex'),
    options: JSON.stringify({ ...settingsOf(plan), seed, l2 }),
  }
}
