import { counted } from '../kit/counted.js'
import { DataError, OptionError } from '../contract/errors.js'
import { type Knowledge, knowledgeOf, networkOf } from '../contract/knowledge.js'
import { takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Store } from '../contract/store.js'
import type { Target } from '../contract/target.js'
import { Dataset } from '../data/dataset.js'
import type { Report } from '../evaluate/report.js'
import { headMethod } from '../head/head-methods.js'
import { resolveCache } from '../features/cached-features.js'
import { readableFeatures } from '../features/readable-features.js'
import { stack } from '../head/held-out.js'
import { type KeptExample, type KeptExamples, keptExamples, keptInputs, keyOf } from '../model/kept-examples.js'
import type { Learned, Taught } from '../model/teacher.js'
import type { ExtendOptions } from '../model/extend-options.js'
import type { HeadOptions } from './fine-tune-options.js'
import { takeKnowledge } from './choose-knowledge.js'
import { encoded, headParts, learnHead, plan, solveOn, usualFolds } from './train-head.js'

/** See `Model.extend`. */
export async function extend<Input>(
  model: Taught<Input>,
  given: Dataset<Input, Target>,
  options: ExtendOptions,
): Promise<Learned<Input>> {
  const kept = keptBy(model)
  if (given.kind !== model.kind) {
    const expected = `examples for ${model.kind}`
    throw new DataError(`data set "${given.name}"`, expected, `examples for ${given.kind}`, 'Check the labels.')
  }
  const network = networkOf(model.backbone)
  const { data, features } = await readableFeatures(network, given, {
    ...options,
    cache: await resolveCache(options),
  })
  const added = await keptExamples(network, features, data.examples)
  // Whoever teaches the same input again means its new label.
  const again = new Set(added.examples.map(({ key }) => key))
  const others = some(
    kept,
    rowsWhere(kept, ({ key }) => !again.has(key)),
  )
  const all = joined(others, added)
  const extended =
    options.choose === false ? await learnMore(model, all, options) : await learnAgain(model, all, options)
  sayEffect(model, extended, options)
  return extended
}

/** See `Model.forget`. */
export async function forget<Input>(
  model: Taught<Input>,
  inputs: readonly Input[],
  options: ExtendOptions,
): Promise<Learned<Input>> {
  const kept = keptBy(model)
  if (model.recipe.strategy !== 'head') {
    const remedy = 'Train it again without them.'
    throw new DataError('model', 'a frozen network, which never saw them', 'one that was tuned on its examples', remedy)
  }
  const keys = new Set(await Promise.all(inputs.map(async (input) => keyOf(await model.backbone.contentKey(input)))))
  const known = new Set(kept.examples.map(({ key }) => key))
  const strangers = [...keys].filter((key) => !known.has(key)).length
  if (strangers > 0) {
    const got = `${strangers} of ${keys.size} that it was not trained on`
    throw new DataError(
      'inputs to be forgotten',
      'training examples of the model',
      got,
      'Give them as they were given for training.',
    )
  }
  return learnAgain(
    model,
    some(
      kept,
      rowsWhere(kept, ({ key }) => !keys.has(key)),
    ),
    options,
  )
}

/** The model that the same training gives on these examples. */
async function learnAgain<Input>(
  model: Taught<Input>,
  examples: KeptExamples,
  given: ExtendOptions,
): Promise<Learned<Input>> {
  const { recipe, kept } = model
  const { seed, l2, folds, classWeight, head, strength, names, offered } = recipe
  const isTuned = recipe.strategy !== 'head'
  const options = { ...given, cache: await resolveCache(given) }
  const training: HeadOptions & { readonly cache: Store | undefined } = {
    ...options,
    seed,
    classWeight,
    ...(head && { head }),
    ...(strength === 'calibrated' && { strength }),
    ...(names && { names }),
    // On features that were tuned on its examples cross-validation asks for too weak a penalty.
    ...(isTuned || folds === 0 ? { l2 } : folds !== usualFolds(datasetOf(kept ?? examples)) && { folds }),
  }
  const network = networkOf(model.backbone)
  const data = datasetOf<Input>(examples)
  const solved = await solveOn(network, offeredAgain(model, examples, options), data, examples.features, training)
  const parts = await headParts(solved, training)
  return {
    ...parts,
    backbone: solved.backbone,
    alone: solved.alone,
    recipe: isTuned ? recipe : { ...parts.recipe, ...(offered && { offered }) },
    kept: examples,
  }
}

/** The model on these examples, with the strength of the penalty, the temperature and the knowledge that were chosen before. */
async function learnMore<Input>(
  model: Taught<Input>,
  examples: KeptExamples,
  given: ExtendOptions,
): Promise<Learned<Input>> {
  const { recipe, trust, validation } = model
  const { head = 'linear', l2, inverseTemperature, names, knowledge: chosen = {} } = recipe
  if (head !== 'linear') {
    const remedy = 'Leave it out.'
    throw new OptionError('option "choose"', 'the head "linear", whose penalty is chosen', `the head "${head}"`, remedy)
  }
  const options = { ...given, cache: await resolveCache(given) }
  const times = typeof inverseTemperature === 'number' ? inverseTemperature : 1
  const training = { ...options, seed: recipe.seed, classWeight: recipe.classWeight, l2, inverseTemperature: times }
  const network = networkOf(model.backbone)
  const data = datasetOf<Input>(examples)
  const { features } = examples
  const planned = plan(data, headMethod(head, data.kind), training)
  const asked = { data, features, ...encoded(data), ...planned, names, folds: () => [] }
  const known = await takeKnowledge(network, offeredAgain(model, examples, options), chosen, l2, asked, options)
  const solved = await learnHead(data, features, training, planned, known)
  const { head: learned, training: summary, trust: found } = await headParts(solved, training)
  return {
    backbone: known?.backbone ?? network,
    head: learned,
    alone: solved.alone,
    recipe,
    training: summary,
    trust: { familiarity: found.familiarity, conformity: trust.conformity },
    kept: examples,
    validation: () => validation,
  }
}

/** What could stand beside the network when the model was trained, of what is known here. */
function offeredAgain<Input>(
  { backbone, recipe: { offered = [] } }: Taught<Input>,
  { examples }: KeptExamples,
  { onEvent }: RunOptions,
): readonly Knowledge<Input>[] {
  if (offered.length === 0 || !keptInputs(examples)) return []
  const known = knowledgeOf(networkOf(backbone)).filter(({ name }) => offered.includes(name))
  const missing = offered.filter((name) => !known.some((one) => one.name === name))
  if (missing.length > 0) {
    const message = `The model could learn from ${missing.join(', ')} beside its network, which are not known here: it learns without.`
    onEvent?.({ type: 'notice', message })
  }
  return known
}

function datasetOf<Input>({ examples }: KeptExamples): Dataset<Input, Target> {
  if (examples.length === 0) throw new DataError('model', 'examples to learn from', 'none that are left', 'Keep some.')
  const inputs = keptInputs<Input>(examples)
  return new Dataset(
    examples.map(({ key, label, group }, row) => ({
      input: inputs ? (inputs[row] as Input) : (key as Input),
      label,
      ...(group !== undefined && { group }),
    })),
    { name: 'examples that the model keeps' },
  )
}

/** @throws DataError where the model keeps none. */
function keptBy({ kept }: Pick<Taught<never>, 'kept'>): KeptExamples {
  if (kept) return kept
  const remedy = 'Train it with the option keep (on the command line: --keep).'
  throw new DataError('model', 'one that keeps its examples', 'one that does not', remedy)
}

function rowsWhere({ examples }: KeptExamples, test: (example: KeptExample) => boolean): number[] {
  return examples.flatMap((example, row) => (test(example) ? [row] : []))
}

function some({ features, examples }: KeptExamples, rows: readonly number[]): KeptExamples {
  return { features: takeRows(features, rows), examples: rows.map((row) => examples[row] as KeptExample) }
}

function joined(one: KeptExamples, other: KeptExamples): KeptExamples {
  return {
    features: one.examples.length === 0 ? other.features : stack([one.features, other.features]),
    examples: [...one.examples, ...other.examples],
  }
}

/** Says what the classes of before are answered like, before and after. */
function sayEffect(
  { labels, validation, kept }: Taught<never>,
  after: Omit<Learned<never>, 'backbone'>,
  { onEvent }: RunOptions,
): void {
  const fresh = after.head.labels.filter((label) => !labels.includes(label))
  const classes = fresh.length > 0 ? `, among them the new ${fresh.map((label) => `"${label}"`).join(', ')}` : ''
  const [was, is] = [validation, after.validation()].map((report) => foundOf(report, labels))
  const effect =
    was === undefined || is === undefined
      ? 'What that does to the classes of before was not measured.'
      : `Of the classes of before ${percent(was)} were found by cross-validation, and ${percent(is)} are now.`
  const [before = 0, now = 0] = [kept, after.kept].map((all) => all?.examples.length ?? 0)
  onEvent?.({
    type: 'notice',
    message: `The model learned from ${counted(now, 'example')}${classes}; ${before} before. ${effect}`,
  })
}

/** Share of the held-out examples of some classes that were found; undefined where none were held out. */
function foundOf(report: Report | undefined, labels: readonly string[]): number | undefined {
  if (!report || report.kind === 'regression') return undefined
  const known = report.perClass.filter(({ label }) => labels.includes(label))
  const total = known.reduce((sum, { support }) => sum + support, 0)
  return known.reduce((sum, { recall, support }) => sum + recall * support, 0) / total
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
