import { type Backbone, isTunable, type TunableBackbone } from '../contract/backbone.js'
import type { Addition, Keep, Learner } from '../contract/learner.js'
import type { Run } from '../contract/run.js'
import type { Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import { freshWeights } from '../features/fresh-weights.js'
import { trainModel } from '../fine-tune/fine-tune.js'
import type { FineTuneOptions, TuningOptions, Unlabelled } from '../fine-tune/fine-tune-options.js'
import { Model } from '../model/model.js'

/** A learner of labeled examples. */
export type ExampleLearner<Input, Label extends Target = Target> = Learner<
  Dataset<Input, Label>,
  Model<Input, Label>
> & {
  /** The same with what was chosen for this model, for as many examples: it chooses no more. Default: it is quick as it is. */
  like?(model: Model<Input, Label>): ExampleLearner<Input, Label>
}

/** What `backboneLearner` is made of. */
export interface BackboneLearnerParts<Input, Label extends Target> {
  readonly name: string
  readonly description: string
  readonly adds?: readonly Addition[]
  /** How the head is trained, and the backbone tuned. Default: frozen, under a linear head. */
  readonly options?: FineTuneOptions & Unlabelled<Input>
  /** The backbone to train on: one that is there, or one made for these examples. */
  backbone(train: Dataset<Input, Label>, run: Run): Backbone<Input> | Promise<Backbone<Input>>
  /** Default: 'minutes' where stages are tuned, else 'seconds'. */
  readonly takes?: 'seconds' | 'minutes'
  /** 'never' where the backbone is made of the examples, 'for the run' where it is made for one. Default 'for good'. */
  readonly keep?: Keep
}

/** A head on a backbone, frozen or tuned, as a learner. */
export function backboneLearner<Input, Label extends Target = Target>(
  parts: BackboneLearnerParts<Input, Label>,
): ExampleLearner<Input, Label> {
  const { name, description, adds = [], options = {}, backbone, keep = 'for good' } = parts
  const isTuned = options.unfreeze !== undefined || options.strategy !== undefined
  const { takes = isTuned ? 'minutes' : 'seconds' } = parts
  const learner: ExampleLearner<Input, Label> = {
    name,
    description,
    adds,
    takes,
    suits: ({ size }) => size > 0,
    keep,
    async fit(train, run) {
      const model = await trainModel(await backbone(train, run), train, { ...options, ...run })
      return keep === 'for good' ? model : withItsBackbone(model)
    },
    like: ({ recipe: { strategy, head = 'linear', l2 } }) =>
      strategy === 'head' && head === 'linear' ? backboneLearner({ ...parts, options: { ...options, l2 } }) : learner,
    async cachedSeconds(train, run) {
      return keep === 'never' ? 0 : embedSeconds(await backbone(train, run), train.inputs)
    },
  }
  return learner
}

/** How a network is trained from scratch: all of it alike, and faster and longer than one that knows something. */
const scratch: TuningOptions = { unfreeze: 'all', learningRate: 1e-3, depthDecay: 1, epochs: 30, validation: 0.2 }

/**
 * The learners that show what transfer is worth: features of the examples alone, the same network with fresh weights, frozen
 * and trained from scratch, the pre-trained one frozen, and tuned.
 * @param noTransfer What knows nothing beforehand.
 * @param tuning How the last one is tuned. Default: without those that take minutes, the one trained from scratch and the tuned.
 */
export function transferLearners<Input>(
  backbone: Backbone<Input>,
  noTransfer: ExampleLearner<Input>,
  tuning?: FineTuneOptions,
): ExampleLearner<Input>[] {
  const { id } = backbone
  const frozenWith = (adds: readonly Addition[]): ExampleLearner<Input> =>
    backboneLearner<Input>({ name: 'frozen', description: `frozen ${id}`, adds, backbone: () => backbone })
  const transfer = { what: 'transfer', to: noTransfer }
  if (!isTunable(backbone)) return [noTransfer, frozenWith([transfer])]
  // Draws of one seed share it, whatever their size.
  const fresh = (_: unknown, { seed, once }: Run): Promise<TunableBackbone<Input>> =>
    once([backbone, 'fresh weights', seed], async () => backbone.withNetwork(freshWeights(backbone.network, seed)))
  const untrained = backboneLearner<Input>({
    name: 'untrained',
    description: `${id} with fresh weights, frozen`,
    backbone: fresh,
    // Each draw has a network of its own, which reads all that is asked.
    takes: 'minutes',
    keep: 'for the run',
  })
  const frozen = frozenWith([transfer, { what: 'pre-training', to: untrained }])
  if (!tuning) return [noTransfer, untrained, frozen]
  const fromScratch = backboneLearner<Input>({
    name: 'scratch',
    description: `the architecture of ${id} with fresh weights, trained as a whole`,
    options: scratch,
    backbone: fresh,
    keep: 'never',
  })
  const tuned = backboneLearner<Input>({
    name: 'fine-tuned',
    description: `fine-tuned ${id}`,
    adds: [{ what: 'fine-tuning', to: frozen }],
    options: tuning,
    backbone: () => backbone,
  })
  return [noTransfer, untrained, fromScratch, frozen, tuned]
}

/**
 * Several backbones side by side, each frozen: what each knows beside the examples alone, and beside the first of them.
 * @param backbones Of different ids.
 */
export function frozenLearners<Input>(
  backbones: readonly Backbone<Input>[],
  noTransfer: ExampleLearner<Input>,
): ExampleLearner<Input>[] {
  const learners: ExampleLearner<Input>[] = []
  for (const backbone of backbones) {
    const [first] = learners
    const name = `frozen ${backbone.id}`
    const adds = [{ what: 'transfer', to: noTransfer }, ...(first ? [{ what: 'another network', to: first }] : [])]
    learners.push(backboneLearner<Input>({ name, description: name, adds, backbone: () => backbone }))
  }
  return [noTransfer, ...learners]
}

/** The same model, with which its backbone is closed. */
function withItsBackbone<Input, Label extends Target>(model: Model<Input, Label>): Model<Input, Label> {
  const { backbone, head, recipe, training, trust, kept, trainedOn, columns } = model
  return new Model({
    backbone,
    head,
    recipe,
    training,
    trust,
    kept,
    trainedOn,
    columns,
    validation: () => model.validation,
    ownsBackbone: true,
  })
}

/** Names of classes alone, as a learner: `zeroShotModel`. */
export function namesLearner<Input, Label extends Target = Target>(
  fit: (labels: readonly string[]) => Promise<Model<Input, Label>>,
): ExampleLearner<Input, Label> {
  return {
    name: 'zero-shot',
    description: 'the names of the classes alone',
    takes: 'seconds',
    adds: [],
    suits: ({ size }) => size === 0,
    fit: ({ labels }) => fit(labels),
  }
}

/** Inputs on which the time per embedding is measured. */
const timedInputs = 64

/** Seconds that embedding the inputs takes, from a timed sample of them: the features themselves may be cached. */
async function embedSeconds<Input>(backbone: Backbone<Input>, inputs: readonly Input[]): Promise<number> {
  const sample = inputs.slice(0, timedInputs)
  const started = performance.now()
  await backbone.embed(sample)
  return ((performance.now() - started) / 1000) * (inputs.length / sample.length)
}
