import { type Backbone, isTunable } from '../contract/backbone.js'
import type { Dataset } from '../data/dataset.js'
import { assertConsistent, checkDataset, describeCheck } from '../data/dataset-check.js'
import { OptionError } from '../contract/errors.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import type { Model } from '../model/model.js'
import type { Target } from '../contract/target.js'
import { assertLabels, trainHead } from './train-head.js'
import { tune } from './tune.js'

/**
 * Teaches a pre-trained network a task of one's own.
 *
 * By default the network stays frozen: features once (and only once: they are cached on disk), then a linear head solved
 * to its optimum. With `unfreeze` or `strategy` its last stages are tuned as well, beginning at that head; the result is
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
  options: FineTuneOptions = {},
): Promise<Model<Input, Label>> {
  if (options.l2 !== undefined && !(options.l2 > 0 && Number.isFinite(options.l2))) {
    throw new OptionError('option "l2"', 'a number above 0', String(options.l2), 'Leave it out to have it chosen.')
  }
  assertLabels(train)
  const check = await checkDataset(train, { contentKey: (input) => backbone.contentKey(input) })
  assertConsistent(check, train)
  for (const message of describeCheck(check)) options.onEvent?.({ type: 'notice', message })
  return trainModel(backbone, train, options)
}

/** `fineTune` of examples that were drawn from a data set which was checked as a whole. */
export async function trainModel<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions,
): Promise<Model<Input, Label>> {
  if (!options.unfreeze && options.strategy === undefined) return trainHead(backbone, train, options)
  if (isTunable(backbone)) return tune(backbone, train, options)
  throw new OptionError(
    'option "unfreeze"',
    'a backbone whose graph is at hand',
    `"${backbone.id}", which is run by other means`,
    'Leave it out to train a head alone.',
  )
}
