import type { Backbone } from '../contract/backbone.js'
import { DataError, OptionError } from '../contract/errors.js'
import { isKnown, networkOf } from '../contract/knowledge.js'
import { type Matrix, zeroMatrix } from '../contract/matrix.js'
import type { ClassPrediction } from '../contract/prediction.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'
import { Dataset } from '../data/dataset.js'
import { accuracy, topClasses } from '../evaluate/metrics.js'
import { summarize } from '../evaluate/report.js'
import { type CacheOption, computeFeatures } from '../features/cached-features.js'
import { columnsAlone } from '../features/known-backbone.js'
import { fitHead } from '../head/fit-head.js'
import { linearHead } from '../head/head.js'
import { Model } from '../model/model.js'
import { trustOf } from '../trust/trust.js'

/** Options of `distill`. */
export interface DistillOptions extends RunOptions {
  /** Share of held-out inputs for which the student must say what the model says. Default 0.9. */
  readonly agreement?: number | undefined
  /** Decides which inputs are held out together. Default 0. */
  readonly seed?: number | undefined
  /** Where features of the model are kept. Default `false`: nowhere. */
  readonly cache?: CacheOption | undefined
}

/** Fewest inputs that a student can learn from. */
const fewestInputs = 50
const folds = 5

/**
 * A student that answers as a model does, from features that take less time: its head is fitted to the model's probabilities for
 * inputs without labels (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2, at temperature
 * 1). How often it says the same is measured on inputs that are held out, said, and part of its recipe (`agreement`).
 *
 * @param student Features that are quickly computed; made for these inputs, and closed with the model that is given.
 * @throws DataError where the student does not agree with the model often enough, or there are too few inputs
 */
export async function distill<Input, Label extends Target>(
  model: Model<Input, Label>,
  student: Backbone<Input>,
  inputs: readonly Input[],
  { agreement: least = 0.9, seed = 0, cache = false, signal, onEvent }: DistillOptions = {},
): Promise<Model<Input, Label>> {
  if (!(least >= 0 && least <= 1))
    throw new OptionError('option "agreement"', 'a share from 0 to 1', String(least), 'Leave it out for 0.9.')
  assertDistillable(model, inputs)
  const answers = (await model.predict(inputs, { cache, signal, onEvent })) as unknown as ClassPrediction<string>[]
  const targets = zeroMatrix(inputs.length, model.labels.length)
  answers.forEach(({ probabilities }, row) =>
    model.labels.forEach((label, column) => {
      targets.data[row * targets.columns + column] = probabilities[label] as number
    }),
  )
  const features = await computeFeatures(networkOf(student), inputs, { cache: undefined, signal })
  const beside = isKnown(student) ? columnsAlone(student.parts, inputs) : undefined
  const labeled = inputs.map((input, row) => ({ input, label: answers[row]?.label as string }))
  // What is read for the student stands where it stood for the model.
  const data = new Dataset(labeled, { columns: model.columns })
  const regularization = { folds: data.folds(folds, seed) }
  const fitted = await fitHead(
    { kind: 'classification', features, beside, targets },
    { regularization, signal, onEvent },
  )
  const heldOut = fitted.heldOut as Matrix
  const agreement = accuracy(topClasses(targets), topClasses(heldOut))
  const message = `The student says the same as the model for ${percent(agreement)} of ${inputs.length} inputs that were held out.`
  if (agreement < least) {
    throw new DataError(
      'student',
      `the answers of the model for at least ${percent(least)} of the inputs that were held out`,
      `${percent(agreement)} of ${inputs.length}`,
      'Give more inputs of the kind that is asked, or keep the model itself.',
    )
  }
  onEvent?.({ type: 'notice', message })
  const training = summarize(data)
  return new Model<Input, Label>({
    backbone: student,
    ownsBackbone: true,
    head: linearHead('classification', model.labels, fitted),
    recipe: {
      ...model.recipe,
      head: 'linear',
      strategy: 'head',
      seed,
      l2: fitted.l2,
      folds,
      distilledFrom: model.backbone.id,
      agreement,
    },
    training,
    trust: await trustOf({ ...data, labels: model.labels, features, heldOut: undefined }),
  })
}

/** Refuses what `distill` refuses, before a student is made, which takes long. */
export function assertDistillable(model: Pick<Model<never, Target>, 'kind'>, inputs: readonly unknown[]): void {
  if (model.kind !== 'classification') {
    const remedy = 'Keep the model itself.'
    throw new DataError('model to be distilled', 'one that answers with a class', `one for ${model.kind}`, remedy)
  }
  if (inputs.length < fewestInputs) {
    const expected = `at least ${fewestInputs} inputs, which need no labels`
    throw new DataError('inputs to distill by', expected, String(inputs.length), 'Give more.')
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
