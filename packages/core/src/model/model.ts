import { connect, type Graph, Session, tensor } from '@headstart/onnx'
import { type Backbone, isTunable, type OnUnreadable } from '../contract/backbone.js'
import { type CacheOption, computeFeatures, resolveCache } from '../features/cached-features.js'
import type { Dataset } from '../data/dataset.js'
import { DataError } from '../contract/errors.js'
import { encodeTargets, type Head, headNames } from '../head/head.js'
import type { Matrix } from '../contract/matrix.js'
import type { SaveOptions } from './model-folder.js'
import { type Prediction, toPredictions } from '../contract/prediction.js'
import type { RunOptions } from '../contract/progress.js'
import type { Recipe } from './recipe.js'
import { readableFeatures } from '../features/readable-features.js'
import { type Report, type ReportOf, report, type TrainingSummary } from '../evaluate/report.js'
import { saveModel } from './save-model.js'
import type { Target, Kind } from '../contract/target.js'

/** The parts of a model. */
export interface ModelParts<Input> {
  readonly backbone: Backbone<Input>
  readonly head: Head
  readonly recipe: Recipe
  /** What the training targets looked like, from which the naive baseline answers. */
  readonly training: TrainingSummary
  /** Gives the figures on held-out training examples, where there were any. Called at most once. */
  readonly validation?: () => Report | undefined
}

/** Options of `Model.predict`. */
export interface PredictOptions extends RunOptions {
  /** Called for each input that cannot be read, which has no answer. Default: the first one ends the work. */
  readonly onUnreadable?: OnUnreadable
  /** Feature cache. Default `false`: none, for what is asked once. */
  readonly cache?: CacheOption
}

/** Options of `Model.evaluate`. */
export interface EvaluateOptions extends RunOptions {
  /** Seed of the bootstrap intervals. Default 0. */
  readonly seed?: number
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption
}

/** A backbone, frozen or tuned, with a trained head. */
export class Model<Input, Label extends Target = string> {
  readonly backbone: Backbone<Input>
  readonly head: Head
  readonly recipe: Recipe
  readonly training: TrainingSummary
  readonly #validation: ModelParts<Input>['validation']
  #report: Report | undefined
  #session: Promise<Session> | undefined

  constructor(parts: ModelParts<Input>) {
    this.backbone = parts.backbone
    this.head = parts.head
    this.recipe = parts.recipe
    this.training = parts.training
    this.#validation = parts.validation
  }

  /**
   * Figures on training examples that were held out (cross-validation, or the examples that a tuning was chosen by), where
   * there were any. Computed when they are first asked for.
   */
  get validation(): Report | undefined {
    return (this.#report ??= this.#validation?.())
  }

  get kind(): Kind {
    return this.head.kind
  }

  /** Names of the classes or labels it knows; empty for regression. */
  get labels(): readonly string[] {
    return this.head.labels
  }

  /**
   * One answer for each input, in order.
   * @throws InputError for an input that cannot be read; with `onUnreadable`, its answer is undefined instead.
   */
  predict(inputs: readonly Input[], options?: PredictOptions & { onUnreadable?: never }): Promise<Prediction<Label>[]>
  predict(inputs: readonly Input[], options: PredictOptions): Promise<(Prediction<Label> | undefined)[]>
  async predict(inputs: readonly Input[], options: PredictOptions = {}): Promise<(Prediction<Label> | undefined)[]> {
    const { onUnreadable } = options
    const unreadable = new Set<number>()
    const features = await computeFeatures(this.backbone, inputs, {
      ...options,
      cache: options.cache || undefined,
      onUnreadable:
        onUnreadable &&
        ((index, error) => {
          unreadable.add(index)
          onUnreadable(index, error)
        }),
    })
    const answers = toPredictions<Label>(this.kind, this.labels, await this.#results(features))
    return answers.map((answer, index) => (unreadable.has(index) ? undefined : answer))
  }

  /**
   * Measures the model on examples it was not trained on, beside the naive baseline. Inputs that cannot be read are left
   * out, and said.
   * @throws DataError for examples of another task or with labels that the model does not know.
   */
  async evaluate(test: Dataset<Input, Label>, options: EvaluateOptions = {}): Promise<ReportOf<Label>> {
    this.#checkLabels(test)
    const { data, results } = await this.#measure(test, options)
    const targets = encodeTargets(data.targets, this.labels)
    return report(this.kind, this.labels, targets, results, this.training, options.seed) as ReportOf<Label>
  }

  /**
   * Share of right answers on examples of one class each; `evaluate` says more, and takes longer.
   * @throws DataError as `evaluate`, and for other tasks than classification.
   */
  async accuracy(test: Dataset<Input, Label>, options: EvaluateOptions = {}): Promise<number> {
    this.#checkLabels(test)
    if (this.kind !== 'classification') {
      const got = `examples for ${this.kind}`
      throw new DataError(`data set "${test.name}"`, 'examples of one class each', got, 'Use evaluate.')
    }
    const { data, results } = await this.#measure(test, options)
    const answers = toPredictions<string>('classification', this.labels, results)
    return answers.filter(({ label }, index) => label === data.targets[index]).length / data.size
  }

  /**
   * The whole network, from the backbone's input tensors to the head's result, as one graph.
   * @throws DataError when the backbone's graph is not at hand.
   */
  graph(): Graph {
    if (!isTunable(this.backbone)) {
      throw new DataError(
        `model on backbone "${this.backbone.id}"`,
        'a backbone whose graph is at hand',
        'one that is run by other means',
        'Use a backbone that is an ONNX graph.',
      )
    }
    const { graph } = this.backbone.network
    const output = graph.outputs[0]?.name as string
    const opset = graph.opsets.get('') ?? 0
    // The operators of a head are the same in every version since 13, in which backbones differ.
    const head = opset < 13 ? this.head.graph : this.head.graph.with({ opsets: new Map([['', opset]]) })
    return connect(graph, head, { [headNames.features]: output })
  }

  /**
   * Writes the model as a folder that `loadModel` reads; an older model there is replaced as a whole or not at all.
   * @throws FileError when the folder cannot be written, or something that is no model stands there.
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(this, folder, options)
  }

  async #measure(
    test: Dataset<Input, Label>,
    options: EvaluateOptions,
  ): Promise<{ data: Dataset<Input, Label>; results: Matrix }> {
    const cache = await resolveCache(options)
    const { data, features } = await readableFeatures(this.backbone, test, { ...options, cache })
    return { data, results: await this.#results(features) }
  }

  async #results(features: Matrix): Promise<Matrix> {
    const head = await (this.#session ??= Session.create(this.head.graph))
    const feed = tensor('float32', [features.rows, features.columns], features.data)
    const result = (await head.run({ [headNames.features]: feed }))[headNames.result[this.kind]]
    return { rows: features.rows, columns: result?.dims[1] as number, data: result?.data as Float32Array }
  }

  #checkLabels(test: Dataset<Input, Label>): void {
    const who = `data set "${test.name}"`
    if (test.kind !== this.kind) {
      throw new DataError(who, `examples for ${this.kind}`, `examples for ${test.kind}`, 'Check the labels.')
    }
    const unknown = test.labels.filter((label) => !this.labels.includes(label))
    if (unknown.length > 0) {
      const names = (labels: readonly string[]): string =>
        labels
          .slice(0, 10)
          .map((label) => `"${label}"`)
          .join(', ')
      throw new DataError(
        who,
        `labels that the model knows: ${names(this.labels)}`,
        names(unknown),
        'Rename them, or train the model with examples of them.',
      )
    }
  }
}
