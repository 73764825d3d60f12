import { type Backbone, isTunable } from '../contract/backbone.js'
import type { Dataset } from '../data/dataset.js'
import { noBetterThanBaseline } from '../evaluate/better-than-baseline.js'
import { assertBackbone, assertDataset, assertKnownOptions } from '../data/assert-arguments.js'
import { inspectDataset } from '../data/dataset-check.js'
import { OptionError } from '../contract/errors.js'
import { knowledgeOf } from '../contract/knowledge.js'
import { noticedOnce, type RunOptions } from '../contract/progress.js'
import { extend, forget } from './extend-model.js'
import { fineTuneOptionNames, type FineTuneOptions, type Unlabelled } from './fine-tune-options.js'
import { headMethod } from '../head/head-methods.js'
import type { Model } from '../model/model.js'
import { describeKnowledge } from '../model/recipe.js'
import { setTeacher } from '../model/teacher.js'
import type { Target } from '../contract/target.js'
import { assertLabels, trainHead } from './train-head.js'
import { tryNext } from './try-next.js'
import { tune } from './tune.js'

// Whoever can train can teach again what was trained.
setTeacher({ extend, forget, tryNext })

/**
 * Teaches a pre-trained network a task of one's own.
 *
 * By default the network stays frozen: features once (and only once: they are cached on disk), then a linear head solved
 * to its optimum, or another `head`. With `unfreeze` or `strategy` its last stages are tuned as well, beginning at that head; the result is
 * never worse than the frozen network with its head on the examples that are held out to choose by. The same data,
 * options and seed give the same model, bit for bit, on the same machine. Inputs that cannot be read are left out, and
 * said.
 *
 * @throws DataError when the data cannot be learned from: one class only, too few examples, contradicting labels.
 * @throws OptionError for an option outside its range, and for stages that cannot be unfrozen.
 * @throws CheckpointError when the checkpoint to resume is damaged or of another tuning.
 */
export async function fineTune<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions & Unlabelled<Input> = {},
): Promise<Model<Input, Label>> {
  assertBackbone('fineTune', backbone)
  assertDataset('fineTune', train)
  assertKnownOptions('fineTune', options, fineTuneOptionNames)
  assertRequest(backbone, train, options)
  const contentKey: Backbone<Input>['contentKey'] = (input) => backbone.contentKey(input)
  const telling = noticedOnce(options)
  await inspectDataset(train, { contentKey, test: train.test, onEvent: telling.onEvent })
  const model = await learn(backbone, train, telling)
  sayTrained(model, telling)
  return model
}

/**
 * Says what stands beside the network, and where the figures on held-out examples are no better than those of the naive baseline.
 */
export function sayTrained(model: Pick<Model<never, Target>, 'recipe' | 'validation'>, { onEvent }: RunOptions): void {
  if (!onEvent) return
  const knowledge = describeKnowledge(model.recipe)
  const unproven = model.validation && noBetterThanBaseline(model.validation)
  for (const message of [
    knowledge && `Held-out examples gain by what stands beside the network: ${knowledge}.`,
    unproven,
  ])
    if (message !== undefined) onEvent({ type: 'notice', message })
}

/** `fineTune` of examples that were drawn from a data set which was checked as a whole. */
export async function trainModel<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions & Unlabelled<Input>,
): Promise<Model<Input, Label>> {
  assertRequest(backbone, train, options)
  return learn(backbone, train, options)
}

/** Refuses what can be refused before any input is read. */
function assertRequest(backbone: Backbone<never>, train: Dataset<unknown, Target>, options: FineTuneOptions): void {
  const { l2, names = {}, head = 'linear' } = options
  const strange = Object.keys(names).find((label) => !train.labels.includes(label))
  if (strange !== undefined) {
    const expected = `labels of the data set (${train.labels.map((label) => `"${label}"`).join(', ')})`
    throw new OptionError('option "names"', expected, `"${strange}"`, 'Correct it, or leave it out.')
  }
  if (l2 !== undefined && !(l2 > 0 && Number.isFinite(l2))) {
    throw new OptionError('option "l2"', 'a number above 0', String(l2), 'Leave it out to have it chosen.')
  }
  const { takes } = headMethod(head, train.kind)
  const others = (['l2', 'unfreeze', 'strategy'] as const).filter((name) => options[name] && !takes.includes(name))
  for (const name of others) {
    throw new OptionError(`option "${name}"`, 'the head "linear"', `the head "${head}"`, `Leave out one of the two.`)
  }
  if ((isTuning(options) || options.device !== undefined) && !isTunable(backbone)) {
    throw new OptionError(
      isTuning(options) ? 'option "unfreeze"' : 'option "device"',
      'a backbone whose graph is at hand',
      `"${backbone.id}", which is run by other means`,
      isTuning(options) ? 'Leave it out to train a head alone.' : 'Leave it out.',
    )
  }
  assertLabels(train)
}

/** The backbone on the devices that are asked for, which is said; the head is solved in double precision, on the CPU. */
function placedOn<Input>({ device, onEvent }: FineTuneOptions, backbone: Backbone<Input>): Backbone<Input> {
  if (device === undefined || !isTunable(backbone)) return backbone
  const names = [device].flat().map((one) => (typeof one === 'string' ? one : one.name))
  // Features that are in the cache are not computed anywhere.
  const message = `What is computed by ${backbone.id} runs on ${names.join(', then ')}; the head is solved on the CPU.`
  onEvent?.({ type: 'notice', message })
  return backbone.on(device)
}

function isTuning({ unfreeze, strategy }: FineTuneOptions): boolean {
  return Boolean(unfreeze) || strategy !== undefined
}

function learn<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions & Unlabelled<Input>,
): Promise<Model<Input, Label>> {
  const placed = placedOn(options, backbone)
  sayUnused(placed, options)
  return isTuning(options) && isTunable(placed) ? tune(placed, train, options) : trainHead(placed, train, options)
}

/** Inputs without labels, and names of classes, that nothing learns from are said to be given in vain. */
function sayUnused<Input>(backbone: Backbone<Input>, options: FineTuneOptions & Unlabelled<Input>): void {
  const { unlabelled = [], names = {}, knowledge = 'chosen' } = options
  const isOpen = !isTuning(options) && knowledge === 'chosen'
  const able = isOpen ? knowledgeOf(backbone) : []
  const why = isOpen ? `beside ${backbone.id} is nothing that could` : 'with these options nothing does'
  const inVain = [
    unlabelled.length > 0 && !able.some((one) => 'fit' in one) && `${unlabelled.length} inputs without labels`,
    Object.keys(names).length > 0 && able.length === 0 && 'Names of classes',
  ]
  for (const what of inVain)
    if (what !== false) options.onEvent?.({ type: 'notice', message: `${what} are not learned from: ${why}.` })
}
