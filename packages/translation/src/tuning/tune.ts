import { createHash } from 'node:crypto'
import { float32, type Graph, Session, type Tensor, type Tensors, Trainer } from '@headstart/onnx'
import {
  DivergedError,
  extract,
  isTrainable,
  lowRank,
  precisionOf,
  sizeOf,
  TrainingPool,
  warmUpCosine,
  weightRoles,
} from '@headstart/onnx/kit'
import type { Matrix } from '@headstart/core'
import {
  type BatchFeeds,
  Checkpoint,
  counted,
  DataError,
  divergedNotice,
  OptionError,
  random,
  runLoop,
  zeroMatrix,
} from '@headstart/core/kit'
import type { Pair } from '../data/pair.js'
import type { Translator } from '../contract.js'
import type { TranslatorParts } from '../files/open-translator.js'
import { EncodedSources } from './encoded-sources.js'
import { chrfOf, settle, type Settled } from './settle.js'
import { TokenFeeds, type TokenPair, tokenPairs } from './token-pairs.js'
import { type TrainingGraph, trainingGraph } from './training-graph.js'
import { type TuneOptions, tunePlan, type TunePlan } from './tune-options.js'
import { type ChangedWeight, writeWeights } from './write-weights.js'

/** Fewest pairs: some of them are held out. */
export const fewestPairs = 10
/** Fewest held-out pairs that tell how translations are best generated, and after whose decision all pairs are learned from. */
const fewestHeldOut = 20
/** Epochs without a lower loss of held-out pairs after which a tuning ends. */
const patience = 3
/** Largest norm of a gradient; longer ones are scaled down. */
const clipNorm = 1
/** Decay of the average of the weights over the steps, which is what is assessed, and results. */
const averaging = 0.95

/** What held-out pairs cost, per token, without label smoothing. */
export interface HeldOutLoss {
  readonly pairs: number
  readonly before: number
  readonly after: number
}

/** What came of a tuning. */
export interface Tuned {
  /** The networks by the names of their files, with new weights in all their places; those of before where nothing was gained. */
  readonly files: ReadonlyMap<string, Graph>
  /** Whether held-out pairs cost less than before. */
  readonly gained: boolean
  readonly heldOut: HeldOutLoss & {
    readonly rows: readonly Pair[]
    /** chrF2 of their translations, in the end. */
    readonly chrf: number
  }
  /** Changes of `generation_config.json`: how the translator translates best, by held-out pairs. */
  readonly settings: Settled['settings']
  /** For each held-out pair, what its tokens cost with the weights of the files, and how many there are. */
  readonly costs: Matrix
  /** Number of pairs that were learned from, those held out aside. */
  readonly pairs: number
  /** Whether those held out were learned from as well in the end, with as many steps. */
  readonly learnsAll: boolean
  /** Epochs whose weights were the best. */
  readonly epochs: number
  /** How far the weights go from those of before to those, 0 to 1. */
  readonly share: number
  readonly plan: TunePlan
  /** Number of weights that were trained. */
  readonly trained: number
}

/**
 * Trains a translator on pairs: teacher forcing, AdamW, a learning rate that rises and then falls along a cosine. Held-out pairs decide after
 * how many epochs, how far the weights go, how translations are generated then, and whether the weights stay as they were; where they are
 * enough, all pairs are learned from in the end, with as many steps, and the weights are the mean of both.
 * @throws DataError for too few pairs, and weights that are not float32; OptionError for options out of range; CheckpointError for one of another training.
 */
export async function tune(
  parts: Translator,
  pairs: readonly Pair[],
  options: TuneOptions = {},
  encoded: EncodedSources = new EncodedSources(parts),
): Promise<Tuned> {
  const plan = tunePlan(options, pairs.length)
  requireFloat32(parts)
  const { signal, onEvent } = options
  const checkpoint = await Checkpoint.open(options, () => ({
    backbone: parts.fingerprint,
    examples: sha256(JSON.stringify(pairs)),
    options: JSON.stringify(plan),
  }))
  const { learned, heldOut } = split(parts, pairs, plan, onEvent)
  const tokens = tokenPairs(parts, [...learned, ...heldOut])
  const objective = trainingGraph(parts.networks, plan.unfreeze, plan.labelSmoothing)
  const feeds = new TokenFeeds(objective.graph, parts, tokens, encoded)
  const rows = [...learned.keys()]
  const held = heldOut.map((_, index) => learned.length + index)
  const size = Math.min(plan.batchSize, rows.length)
  const batchesOf = (some: readonly number[], epoch: number): BatchFeeds[] =>
    feeds.batches(some, size, random(plan.seed + 7919 * epoch)).map((batch, index) => {
      const { uniform } = random(plan.seed + 7919 * epoch + 104_729 * (index + 1))
      return () => feeds.feeds(batch, size, () => uniform() < plan.wordDropout)
    })
  const batches = (epoch: number): BatchFeeds[] => batchesOf(rows, epoch)
  const steps = batches(0)
  const schedule = warmUpCosine({ steps: plan.epochs * steps.length })
  const network = adapted(objective, plan)
  const threads = options.threads === undefined ? {} : { threads: options.threads }
  await using pool = new TrainingPool()
  const trainerOf = async (): Promise<Trainer> =>
    Trainer.create(network.graph, {
      loss: objective.loss,
      groups: [{ names: network.parameters, learningRate: plan.learningRate, weightDecay: 0.01 }],
      feeds: await (steps[0] as BatchFeeds)(),
      schedule,
      clipNorm,
      averaging,
      pool,
      ...threads,
    })
  const costsBy = (run: RunCosts): Promise<Matrix> => costsOf(run, feeds, tokens, held, plan)
  const trainer = await trainerOf()
  const runs = held.length < fewestHeldOut ? 1 : 2
  const results = (): Promise<Matrix> => costsBy((given) => trainer.run(given, [objective.costs]).then(only))
  try {
    const outcome = await runLoop({
      trainer,
      epochs: plan.epochs,
      batches,
      place: { run: 1, runs },
      checkpoint,
      assessment: { results, loss: lossPerToken, patience },
      signal,
      onEvent,
      onEpoch: ({ epoch, loss, results: answers }) =>
        onEvent?.({
          type: 'epoch',
          run: 1,
          runs,
          epoch,
          epochs: plan.epochs,
          loss,
          validationLoss: answers && lossPerToken(answers),
          validationScore: undefined,
          learningRate: plan.learningRate * schedule(trainer.steps - 1),
        }),
      onDiverged: (error) => onEvent?.(divergedNotice(error, plan.learningRate)),
    })
    const losses = outcome.results.map(lossPerToken)
    const [before = 0] = losses
    const epochs = losses.indexOf(Math.min(...losses))
    const { share, costs } = await shareOfTheWay(trainer, network, outcome.results[epochs] as Matrix, results)
    const after = lossPerToken(costs)
    const gained = after < before
    const files = gained ? written(parts, plan, network.changed(trainer)) : parts.networks.files
    const areEnough = gained && runs > 1
    await using chosen = parts.withNetworks(files)
    const { settings, chrf } = areEnough
      ? await settle(chosen, heldOut, { signal, onEvent })
      : { settings: {}, chrf: await chrfOf(chosen, heldOut, { signal }) }
    const all = areEnough ? await learnAll() : undefined

    /**
     * Learns again from the start, from all pairs, with so many steps as were the best before some of them were there. The result is the mean
     * of both fits.
     */
    async function learnAll(): Promise<Pick<Tuned, 'files' | 'costs'> | undefined> {
      await using again = await trainerOf()
      const most = epochs * steps.length
      try {
        for (let epoch = 0; again.steps < most; epoch++) {
          for (const make of batchesOf([...rows, ...held], epoch).slice(0, most - again.steps)) {
            signal?.throwIfAborted()
            const { loss } = await again.step(await make())
            onEvent?.({ type: 'step', run: 2, runs, epochs, step: again.steps, steps: most, loss })
          }
        }
      } catch (error) {
        // What was learned without them is there.
        if (error instanceof DivergedError) return undefined
        throw error
      }
      again.setParameters(between(network, again.averaged(), share))
      const changed = meanOf(network.changed(trainer), network.changed(again))
      const after = new Map(changed.map((one) => [one.name, one.after]))
      const { graph } = objective
      const mean = graph.with({ initializers: new Map([...graph.initializers, ...after]) })
      await using session = await Session.create(extract(mean, [], [objective.costs]), threads)
      const asked = (given: Tensors): Tensors =>
        Object.fromEntries(session.inputs.map(({ name }) => [name, given[name] as Tensor]))
      return {
        files: written(parts, plan, changed),
        costs: await costsBy((given) => session.run(asked(given)).then(only)),
      }
    }

    return {
      files,
      gained,
      heldOut: { pairs: held.length, before, after, rows: heldOut, chrf },
      settings,
      costs,
      learnsAll: all !== undefined,
      pairs: learned.length,
      epochs,
      share,
      plan,
      trained: network.parameters.reduce(
        (sum, name) => sum + sizeOf(network.graph.initializers.get(name)?.dims ?? []),
        0,
      ),
      ...all,
    }
  } finally {
    await trainer.close()
  }
}

/** @throws DataError where weights are rounded: what is learned would not fit in. */
function requireFloat32({ id, networks }: TranslatorParts): void {
  for (const [name, graph] of networks.files) {
    const precision = precisionOf(graph)
    if (precision === 'float32') continue
    const remedy = "Open it in float32: translator(id, { dtype: 'fp32' })."
    throw new DataError(`${id}, ${name}`, 'weights in float32, to be trained', `${precision} ones`, remedy)
  }
}

/** Pairs to learn from, and others of other sources that are held out. What is too long for the network is left out, and said. */
function split(
  parts: TranslatorParts,
  pairs: readonly Pair[],
  { heldOut: share, seed }: TunePlan,
  onEvent: TuneOptions['onEvent'],
): { learned: Pair[]; heldOut: Pair[] } {
  const fitting = pairs.filter((pair) => tokenPairs(parts, [pair]).length > 0)
  if (fitting.length < pairs.length) {
    const message = `${counted(pairs.length - fitting.length, 'pair is', 'pairs are')} longer than the ${parts.maxLength} tokens that ${parts.id} reads, and left out.`
    onEvent?.({ type: 'notice', message })
  }
  const sources = random(seed).shuffle([...new Set(fitting.map(({ source }) => source))])
  if (fitting.length < fewestPairs || sources.length < 2) {
    const remedy =
      'Add pairs; single terms are what a glossary is for (option glossary; on the command line: translate --glossary).'
    throw new DataError(
      'pairs to learn from',
      `at least ${fewestPairs}, of different sources`,
      String(fitting.length),
      remedy,
    )
  }
  const held = new Set(sources.slice(0, Math.min(Math.max(2, Math.round(share * sources.length)), sources.length - 1)))
  return {
    learned: fitting.filter(({ source }) => !held.has(source)),
    heldOut: fitting.filter(({ source }) => held.has(source)),
  }
}

/** A graph as it is trained, and what that makes of the weights of the network. */
interface Adapted {
  readonly graph: Graph
  readonly parameters: readonly string[]
  changed(trainer: Trainer): ChangedWeight[]
}

function adapted({ graph }: TrainingGraph, { lora, seed }: TunePlan): Adapted {
  const before = (name: string): Tensor => graph.initializers.get(name) as Tensor
  const changedBy = (after: Iterable<readonly [string, Tensor]>): ChangedWeight[] =>
    [...after].map(([name, tensor]) => ({ name, before: before(name), after: tensor }))
  const roles = [...weightRoles(graph)].filter(([, role]) => isTrainable(role))
  if (!lora) {
    return {
      graph,
      parameters: roles.map(([name]) => name),
      changed: (trainer) => changedBy(Object.entries(trainer.parameters())),
    }
  }
  const names = roles.flatMap(([name, { kind }]) =>
    kind === 'kernel' && Math.min(...before(name).dims) >= lora.rank ? [name] : [],
  )
  if (names.length === 0) {
    const expected = `matrices with both sides of ${lora.rank} or more`
    throw new OptionError('option "lora"', expected, 'none', 'Lower the rank.')
  }
  // An embedding stays, unless it gives the logits too: an update of low rank would move the tokens that no pair has with the others.
  const updated = lowRank(graph, { names, ...lora, normal: random(seed).normal })
  // Biases and scales are few: they are trained as they are.
  const vectors = roles.flatMap(([name, { kind }]) => (kind === 'bias' || kind === 'scale' ? [name] : []))
  return {
    graph: updated.graph,
    parameters: [...updated.parameters, ...vectors],
    changed: (trainer) => {
      const trained = trainer.parameters()
      const own = vectors.map((name) => [name, trained[name] as Tensor] as const)
      return changedBy([...updated.merge(trained), ...own])
    },
  }
}

/**
 * The files with trained weights. What was frozen stays: where the decoder alone learned, an embedding that it shares with the encoder is
 * new in the places of the decoder, all of them, and as it was in that of the encoder, which has said all it says with it.
 */
function written(
  { networks: { files, names } }: TranslatorParts,
  { unfreeze }: TunePlan,
  changed: ChangedWeight[],
): Map<string, Graph> {
  const open = [...files].filter(([name]) => unfreeze === 'all' || name !== names.encoder)
  return new Map([...files, ...writeWeights(new Map(open), changed)])
}

/** Shares of the way that are tried. */
const shares = [0.75, 0.5, 0.25]

/**
 * Goes back from the tuned weights towards those of before, as far as held-out pairs cost less: between both a translator mostly is
 * better than at either end, and forgets less (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022, equation 1).
 * @param costs What held-out pairs cost with the tuned weights, which the trainer has.
 */
async function shareOfTheWay(
  trainer: Trainer,
  network: Adapted,
  costs: Matrix,
  results: () => Promise<Matrix>,
): Promise<{ share: number; costs: Matrix }> {
  const tuned = trainer.parameters()
  const at = (share: number): Tensors => between(network, tuned, share)
  let best = { share: 1, costs }
  for (const share of shares) {
    trainer.setParameters(at(share))
    const own = await results()
    if (lossPerToken(own) < lossPerToken(best.costs)) best = { share, costs: own }
  }
  trainer.setParameters(at(best.share))
  return best
}

/** Weights a share of the way from those of before to tuned ones. */
function between({ graph, parameters }: Adapted, tuned: Tensors, share: number): Tensors {
  return Object.fromEntries(
    parameters.map((name) => {
      const { dims, data } = tuned[name] as Tensor<'float32'>
      const before = graph.initializers.get(name)?.data as Float32Array
      const mixed = data.map((value, i) => share * value + (1 - share) * (before[i] as number))
      return [name, float32(dims, mixed)]
    }),
  )
}

/**
 * What two fits made of the weights from the same start, in the mean: mostly better than either (Wortsman et al., "Model soups", 2022). Of
 * low-rank updates it is the mean of what they add up to.
 */
function meanOf(one: readonly ChangedWeight[], other: readonly ChangedWeight[]): ChangedWeight[] {
  const others = new Map(other.map(({ name, after }) => [name, after.data as Float32Array]))
  return one.map(({ name, before, after: { dims, data } }) => {
    const second = others.get(name) as Float32Array
    const mean = Float32Array.from(data as Float32Array, (value, index) => (value + (second[index] as number)) / 2)
    return { name, before, after: float32(dims, mean) }
  })
}

/** What each token of a batch costs, `[tokens, 1]`. */
type RunCosts = (feeds: Tensors) => Promise<Tensor>

function only(outputs: Tensors): Tensor {
  return Object.values(outputs)[0] as Tensor
}

/** For each pair, what its tokens cost together, and how many there are. */
async function costsOf(
  run: RunCosts,
  feeds: TokenFeeds,
  tokens: readonly TokenPair[],
  rows: readonly number[],
  { batchSize }: TunePlan,
): Promise<Matrix> {
  const results = zeroMatrix(rows.length, 2)
  const places = new Map(rows.map((row, place) => [row, place]))
  for (const batch of feeds.batches(rows, batchSize, random(0))) {
    const each = await run(await feeds.feeds(batch, batch.rows.length))
    const length = each.data.length / batch.rows.length
    batch.rows.forEach((row, index) => {
      const place = places.get(row) as number
      const own = tokens[row]?.target.length ?? 0
      let sum = 0
      for (let token = 0; token < own; token++) sum += Number(each.data[index * length + token])
      results.data.set([sum, own], 2 * place)
    })
  }
  return results
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function lossPerToken({ rows, data }: Matrix): number {
  let [cost, tokens] = [0, 0]
  for (let row = 0; row < rows; row++) {
    cost += data[2 * row] as number
    tokens += data[2 * row + 1] as number
  }
  return cost / tokens
}
