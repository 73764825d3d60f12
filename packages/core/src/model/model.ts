import { counted } from '../kit/counted.js'
import type { Graph } from '@headstart/onnx'
import type * as z from 'zod'
import { type Backbone, isTunable } from '../contract/backbone.js'
import type { Faithfulness, ShownExplanation } from '../contract/explanation.js'
import { DataError, InputError, OptionError } from '../contract/errors.js'
import { networkOf } from '../contract/knowledge.js'
import { takeRows } from '../contract/matrix.js'
import { type Judged, type Prediction, toPredictions } from '../contract/prediction.js'
import type { Run } from '../contract/run.js'
import type { Step } from '../contract/step.js'
import type { Example, Kind, Target } from '../contract/target.js'
import type {
  Documented,
  ExportFormat,
  Measured,
  Packed,
  SaveOptions,
  Scored,
  Shown,
  Trained,
} from '../contract/trained.js'
import { Dataset } from '../data/dataset.js'
import { describeUnreadable } from '../data/if-readable.js'
import { formatReport } from '../evaluate/format-report.js'
import type { Columns } from '../data/table/index.js'
import type { Report, TrainingSummary } from '../evaluate/report.js'
import { computeFeatures, resolveCache } from '../features/cached-features.js'
import { readableFeatures } from '../features/readable-features.js'
import type { Head } from '../head/head.js'
import { HeadAnswers } from './head-answers.js'
import { explainAnswer, type ExplainOptions } from '../explain/explain-answer.js'
import { type ExplanationFigures, explanationFigures } from '../explain/explanation-figures.js'
import { shownExplanation } from '../explain/shown-explanation.js'
import { random } from '../kit/random.js'
import { shown } from '../kit/shown.js'
import { likenessOf } from '../trust/familiarity.js'
import { certaintyOf, nextRows } from '../trust/next-rows.js'
import { type Unknown, usualShare } from '../trust/refusal.js'
import { countTrainedOn, describeTrainedOn, inputKeys, type TrainedOn } from '../trust/trained-on.js'
import { noTrust, type Trust } from '../trust/trust.js'
import { type Answer, answerSchema, sayAnswer, scoreOfAnswer, scoresOfAnswer } from './answers.js'
import { askingStep } from './asking.js'
import type { ExtendOptions } from './extend-options.js'
import { exportFormats } from './export-formats.js'
import { evaluateModel } from './evaluate-model.js'
import type { Evaluation } from './evaluation.js'
import { familiarityIn, judged, withSets } from './judged.js'
import { type KeptExamples, seenBy } from './kept-examples.js'
import type { EvaluateOptions, Inputs, PredictOptions } from './model-options.js'
import type { ModelParts } from './model-parts.js'
import { packModel, wholeGraph } from './pack-model.js'
import { requireKnownLabels } from './require-known-labels.js'
import { describeKnowledge, describeTuning, type Recipe } from './recipe.js'
import { saveModel } from './save-model.js'
import { saySuggestions, type Suggestions, verdictOf } from './next.js'
import { knownTeacher, type Learned } from './teacher.js'
import { toSavedReport } from './saved-report.js'

/** Any label of that kind: more classes than were known. */
type AnyOf<Label extends Target> = Label extends string ? string : Label extends number ? number : readonly string[]

/** A backbone, frozen or tuned, with a trained head. */
export class Model<Input, Label extends Target = string> implements Trained<
  Dataset<Input, Label>,
  Input,
  Prediction<Label>
> {
  readonly backbone: Backbone<Input>
  readonly head: Head
  readonly recipe: Recipe
  readonly training: TrainingSummary
  /** What it knows of the limits of its answers: nothing where it was made from names, or saved by a version that did not ask. */
  readonly trust: Trust
  /** Its training examples, where they were to be kept (`FineTuneOptions.keep`). */
  readonly kept: KeptExamples | undefined
  /** Marks of its training inputs, where it does not keep these themselves: see `TrainedOn`. */
  readonly trainedOn: (() => Promise<TrainedOn>) | undefined
  /** Where inputs and labels stood in the table that it learned from. */
  readonly columns: Columns | undefined
  /** A head for the network alone, where something stands beside it; what is exported without that has it. */
  readonly alone: Head | undefined
  readonly #ownsBackbone: boolean
  readonly #validation: ModelParts<Input>['validation']
  #report: Report | undefined
  readonly #answers: HeadAnswers<Input>

  constructor(parts: ModelParts<Input>) {
    this.backbone = parts.backbone
    this.head = parts.head
    this.recipe = parts.recipe
    this.training = parts.training
    this.trust = parts.trust ?? noTrust
    this.kept = parts.kept
    this.trainedOn = parts.trainedOn
    this.columns = parts.columns
    this.alone = parts.alone
    this.#ownsBackbone = parts.ownsBackbone ?? false
    this.#validation = parts.validation
    this.#answers = new HeadAnswers(parts)
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

  get answer(): z.ZodType<Prediction<Label>> {
    return answerSchema(this.kind, this.labels) as z.ZodType<Answer> as z.ZodType<Prediction<Label>>
  }

  get reads(): { readonly kind: Kind; readonly columns?: Columns | undefined } {
    return { kind: this.kind, ...(this.columns && { columns: this.columns }) }
  }

  /**
   * One answer for each input, in order; a single input that is no list needs none around it.
   * @throws InputError for an input that cannot be read; with `onUnreadable`, its answer is undefined instead.
   * @throws OptionError, likewise, for what is no such input: a number in place of a text.
   * @throws DataError for `unknown` and `coverage` where the model cannot tell, or learned from too few examples to promise.
   */
  predict(
    given: Inputs<Input>,
    options: PredictOptions & { readonly unknown: Unknown | true; readonly onUnreadable?: undefined },
  ): Promise<Judged<Prediction<Label>>[]>
  predict(
    given: Inputs<Input>,
    options?: PredictOptions & { readonly unknown?: undefined; readonly onUnreadable?: undefined },
  ): Promise<Prediction<Label>[]>
  predict(given: Inputs<Input>, options: PredictOptions): Promise<(Prediction<Label> | undefined)[]>
  async predict(
    given: Inputs<Input>,
    options: PredictOptions = {},
  ): Promise<(Prediction<Label> | Judged<Prediction<Label>> | undefined)[]> {
    const { onUnreadable, unknown, coverage } = options
    const inputs = Array.isArray(given) ? (given as readonly Input[]) : [given as Input]
    const unreadable = new Set<number>()
    const network = networkOf(this.backbone)
    const checks = isTunable(network) ? network.preprocessing.checks : undefined
    const features = await computeFeatures(network, inputs, {
      ...options,
      cache: options.cache || undefined,
      // Nothing is kept, and nothing learned.
      steady: Boolean(options.cache),
      onUnreadable:
        onUnreadable &&
        ((index, error) => {
          unreadable.add(index)
          onUnreadable(index, error)
        }),
    })
    let answers: readonly (Answer | Judged<Answer>)[] = toPredictions<Target>(
      this.kind,
      this.labels,
      await this.#answers.of(features, inputs, { unreadable, signal: options.signal }),
    )
    if (coverage !== undefined) answers = withSets(this, answers as readonly Answer[], coverage)
    if (unknown !== undefined)
      answers = await judged(
        this,
        answers as readonly Answer[],
        features,
        unknown === true ? usualShare : unknown,
        (index) => checks?.emptiness?.(inputs[index] as Input) !== undefined,
        options,
      )
    return (answers as readonly Prediction<Label>[]).map((answer, index) =>
      unreadable.has(index) ? undefined : answer,
    )
  }

  async ask(inputs: readonly Input[], options: PredictOptions = {}): Promise<(Prediction<Label> | InputError)[]> {
    const unreadable = new Map<number, InputError>()
    const onUnreadable = (index: number, error: InputError): void => void unreadable.set(index, error)
    const answers = await this.predict(inputs, { ...options, onUnreadable })
    return answers.map((answer, index) => answer ?? (unreadable.get(index) as InputError))
  }

  get asks(): Step<readonly Input[], (Prediction<Label> | InputError)[]> {
    return askingStep((inputs, options) => this.ask(inputs, options))
  }

  say(answer: Prediction<Label>): string {
    return sayAnswer(answer)
  }

  scores(answer: Prediction<Label>): Scored[] {
    return scoresOfAnswer(answer)
  }

  async measure(data: Dataset<Input, Label>, { cache, signal, onEvent }: Partial<Run> = {}): Promise<Measured> {
    requireKnownLabels(this, data)
    const answers = await this.ask(data.inputs, { cache: await resolveCache({ cache, onEvent }), signal, onEvent })
    const unreadable = answers.filter((answer) => answer instanceof InputError)
    if (unreadable.length > 0) {
      const message = `data set "${data.name}": ${describeUnreadable(unreadable, data.size)}`
      onEvent?.({ type: 'notice', message })
    }
    const score = (answer: Answer | InputError, index: number): number =>
      answer instanceof InputError ? Number.NaN : scoreOfAnswer(answer, data.targets[index] as Target)
    return { scores: Float64Array.from(answers, score), figures: {} }
  }

  /**
   * Share of right answers on examples of one class each; `evaluate` says more, and takes longer.
   * @throws DataError as `evaluate`, and for other kinds than classification.
   */
  async accuracy(test: Dataset<Input, Label>, options: Partial<Run> = {}): Promise<number> {
    requireKnownLabels(this, test)
    if (this.kind !== 'classification') {
      const got = `examples for ${this.kind}`
      throw new DataError(`data set "${test.name}"`, 'examples of one class each', got, 'Use evaluate.')
    }
    const right = (await this.measure(test, options)).scores.filter((score) => !Number.isNaN(score))
    return right.reduce((sum, score) => sum + score, 0) / right.length
  }

  /**
   * Measures the model on examples it was not trained on, beside the naive baseline. Inputs that cannot be read are left
   * out, and said, as it is where it was trained on some of these examples. Of data that set examples aside to measure on (`Dataset.test`) these are taken. With inputs that are `outOfScope`
   * it says how well they are told by their familiarity. `page()` is all of it as a page, with the examples behind the figures, and, where
   * explanations are asked for, why the hardest were answered as they were.
   * @throws DataError for examples of another kind or with labels that the model does not know.
   */
  async evaluate(
    examples: Dataset<Input, Label>,
    options: EvaluateOptions<Input> = {},
  ): Promise<Evaluation<Label> & Documented> {
    const { test = examples } = examples
    requireKnownLabels(this, test)
    const cache = await resolveCache(options)
    const { data, features } = await readableFeatures(networkOf(this.backbone), test, { ...options, cache })
    const explanations = options.explain ? await this.#explained(data.inputs, options.explain, options) : undefined
    const why = explanations && (async (input: Input) => (await this.explain(input, options)).section())
    const results = await this.#answers.of(features, data.inputs, options)
    const trainedOn = await this.#countTrainedOn(data.inputs)
    const message = describeTrainedOn(trainedOn, data.size)
    if (message !== undefined) options.onEvent?.({ type: 'notice', message })
    return evaluateModel(this, data, features, results, { ...options, cache, explanations, why, trainedOn })
  }

  /**
   * Why it answers an input as it does: what each part of it says for the answer against the others, and the training examples that it is
   * like and hangs on, where they were kept (`FineTuneOptions.keep`). It says how faithful that is, beside parts in random order.
   * @throws InputError for an input that cannot be read; OptionError for a label that it does not know; DataError for a kind of input
   *   of which nothing is known of its parts.
   */
  async explain(input: Input, options?: ExplainOptions): Promise<ShownExplanation> {
    const { backbone, head, recipe, kept } = this
    const { strategy, head: name = 'linear', l2, classWeight, inverseTemperature } = recipe
    const isFitted = strategy === 'head' && name === 'linear' && classWeight === 'none'
    const times = typeof inverseTemperature === 'number' ? inverseTemperature : 1
    const known = kept && {
      ...kept,
      features: seenBy(backbone, kept),
      fitted: isFitted ? { l2, inverseTemperature: times } : undefined,
    }
    return shownExplanation(await explainAnswer({ backbone, head, known }, input, options))
  }

  /**
   * The model that has learned from these examples as well, in seconds: from kept features, and those of the new ones. They can be of
   * new classes; an input that it was trained on already has its new label. What that does to the classes of before is said. It is the
   * model that training with all of them gives, but for a tuned network, whose head alone learns.
   * @throws DataError where the model keeps no examples, and for examples of another kind.
   */
  async extend(
    examples: Dataset<Input, Target> | readonly Example<Input, Target>[],
    options: ExtendOptions = {},
  ): Promise<Model<Input, AnyOf<Label>>> {
    const given = examples instanceof Dataset ? examples : new Dataset(examples)
    return this.#with(await knownTeacher().extend(this, given, options))
  }

  /**
   * The model that never saw these of its training examples: bit for bit the one that training on the others gives.
   * @throws DataError where the model keeps no examples, was not trained on them, or its network was tuned on them.
   */
  async forget(inputs: Inputs<Input>, options: ExtendOptions = {}): Promise<Model<Input, AnyOf<Label>>> {
    const gone = Array.isArray(inputs) ? (inputs as readonly Input[]) : [inputs as Input]
    return this.#with(await knownTeacher().forget(this, gone, options))
  }

  /**
   * Which of some inputs to label next: the least certain ones that lie apart. Whether that teaches more than choosing at random is
   * measured on kept examples, and said.
   */
  async next(
    inputs: readonly Input[],
    { count = 20, ...options }: PredictOptions & { readonly count?: number | undefined } = {},
  ): Promise<Suggestions & Shown> {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new OptionError('option "count"', 'a whole number from 1 on', String(count), 'Try 20.')
    }
    const unreadable = new Map<number, InputError>()
    const onUnreadable = (index: number, error: InputError): void => void unreadable.set(index, error)
    const all = await computeFeatures(networkOf(this.backbone), inputs, {
      ...options,
      cache: options.cache || undefined,
      onUnreadable,
    })
    const readable = [...inputs.keys()].filter((index) => !unreadable.has(index))
    if (unreadable.size > 0) {
      const message = `inputs: ${describeUnreadable([...unreadable.values()], inputs.length)}`
      options.onEvent?.({ type: 'notice', message })
    }
    const features = takeRows(all, readable)
    const results = await this.#answers.of(
      features,
      readable.map((index) => inputs[index] as Input),
      options,
    )
    const { familiarity } = this.trust
    const familiar = familiarity && (await likenessOf(features, familiarity)).familiarity
    if (this.kind === 'regression') familiarityIn(this)
    const certainty = certaintyOf(this.kind, results, familiar ?? [])
    const answers = toPredictions<Target>(this.kind, this.labels, results)
    // Of the network: what stands beside it, such as rare words, says little of how far apart inputs lie.
    const next = nextRows(features, certainty, count, this.kept?.features).map((place) => ({
      row: readable[place] as number,
      certainty: certainty[place] as number,
      familiarity: familiar?.[place],
      answer: answers[place] as Answer,
    }))
    const tried = this.kept && (await knownTeacher().tryNext(this, this.kept, count, options))
    const suggestions: Suggestions = {
      next,
      measured: tried ?? null,
      verdict: verdictOf(tried, this.kept !== undefined),
    }
    return shown(suggestions, (said) => saySuggestions(said, (row) => String(inputs[row])))
  }

  describe(): Shown {
    const { kind, labels, recipe, training, validation } = this
    const { strategy, l2, seed } = recipe
    const figures = {
      kind,
      backbone: this.backbone.id,
      examples: training.examples,
      labels,
      strategy,
      l2,
      seed,
      knowledge: recipe.knowledge ?? {},
      ...(recipe['agreement'] !== undefined && { agreement: recipe['agreement'] }),
      // Under the words of the saved model, as every version says it.
      crossValidation: validation ? toSavedReport(validation) : null,
    }
    const of =
      kind === 'regression'
        ? ''
        : ` of ${kind === 'classification' ? counted(labels.length, 'class', 'classes') : counted(labels.length, 'label')}`
    const summary =
      training.examples === 0
        ? strategy === 'zero-shot'
          ? `Made from the names of ${counted(labels.length, 'class', 'classes')}, without examples.`
          : `Trained elsewhere, on examples that did not come with it: ${counted(labels.length, 'class', 'classes')}.`
        : `Trained on ${counted(training.examples, 'example')}${of}.`
    const beside = describeKnowledge(recipe)
    const tuned = describeTuning(recipe, isTunable(this.backbone) ? this.backbone.network.stages.length : 0)
    const known = [
      ...(tuned === undefined ? [] : [`Tuned as well as the head: ${tuned}.`]),
      ...(beside === undefined ? [] : [`Beside the network: ${beside}.`]),
    ]
    const held = validation ? ['', 'By cross-validation on these examples:', formatReport(validation)] : []
    return shown(figures, () => [summary, ...known, ...held].join('\n'))
  }

  /**
   * The whole network, from the backbone's input tensors to the head's result and the `familiarity`, as one graph.
   * @throws DataError when the backbone's graph is not at hand.
   */
  graph(): Graph {
    return wholeGraph(this)
  }

  async pack(): Promise<Packed> {
    return packModel(this, this.kept ? undefined : await this.trainedOn?.())
  }

  get exports(): Readonly<Record<string, ExportFormat>> {
    return exportFormats(this)
  }

  /**
   * Writes the model as a folder that `loadModel` reads; an older model there is replaced as a whole or not at all.
   * @throws FileError when the folder cannot be written, or something that is no model stands there.
   * @throws DataError when the backbone's graph is not at hand.
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(folder, await this.pack(), options)
  }

  async close(): Promise<void> {
    await this.#answers.close()
    if (this.#ownsBackbone) await this.backbone.close?.()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A model on the same network. Whichever of the two is closed, the other begins anew. */
  #with(learned: Learned<Input>): Model<Input, AnyOf<Label>> {
    return new Model({ ...learned, columns: this.columns, ownsBackbone: true })
  }

  /** How many of these it was trained on, as far as it knows. */
  async #countTrainedOn(inputs: readonly Input[]): Promise<number> {
    const { kept, trainedOn, backbone } = this
    if (!kept && !trainedOn) return 0
    const keys = await inputKeys((input: Input) => backbone.contentKey(input), inputs)
    if (!kept) return countTrainedOn(keys, (await trainedOn?.()) ?? '')
    const known = new Set(kept.examples.map(({ key }) => key))
    return keys.filter((key) => known.has(key)).length
  }

  /** How faithful explanations of some of the inputs are, drawn by the seed. */
  async #explained(
    inputs: readonly Input[],
    count: number,
    { seed = 0, signal }: EvaluateOptions<Input>,
  ): Promise<ExplanationFigures | undefined> {
    const found: Faithfulness[] = []
    for (const input of random(seed).shuffle(inputs).slice(0, count)) {
      const { faithfulness } = await this.explain(input, { seed, signal, examples: 0 })
      if (faithfulness) found.push(faithfulness)
    }
    return explanationFigures(found)
  }
}
