import { DataError, type Network, type Random } from '@headstart/core'
import {
  float32,
  type ParameterGroup,
  type Schedule,
  softmaxCrossEntropy,
  type Tensors,
  Trainer,
} from '@headstart/onnx'
import { output, scorersOf, trainingNetwork, withWeights } from './behavior-network.js'
import { batchOf, type RankingExamples } from './ranking-examples.js'

/** Largest norm of the gradient; longer ones are scaled down. */
const clipNorm = 1
/** Examples that are scored at a time. */
const scoredAtOnce = 128

/** Options of `RankerTrainer.create`. */
export interface RankerTrainerOptions {
  readonly groups: readonly ParameterGroup[]
  readonly schedule: Schedule
  readonly batchSize: number
  /** Share of the scorers whose features is left out of a step. */
  readonly scorerDropout: number
  /** Share of the scorers whose embeddings are left out of a step. */
  readonly embeddingDropout: number
  /**
   * How little targets count that are hopelessly far down: q of the generalized cross-entropy. With 0 the many that no list of ten
   * could hold are what is learned from most.
   */
  readonly generalization: number
}

/**
 * Trains a network over features to rank targets first: generalized cross-entropy of the softmax over an example's candidates
 * (without the generalization it is ListNet with one relevant item: Cao et al., "Learning to rank: from pairwise approach to
 * listwise approach", 2007).
 */
export class RankerTrainer {
  readonly #network: Network
  readonly #options: RankerTrainerOptions
  readonly #trainer: Trainer
  readonly #inputs: { readonly targets: string; readonly weights: string }

  /** @throws DataError for examples of other scorers than the network's. */
  static async create(
    network: Network,
    examples: readonly RankingExamples[],
    options: RankerTrainerOptions,
  ): Promise<RankerTrainer> {
    const scorers = scorersOf(network)
    for (const { name, scorers: others, length } of examples) {
      if (length === 0)
        throw new DataError(name, 'examples to learn from', 'none', 'It takes users with at least three interactions.')
      if (others.join() === scorers.join()) continue
      throw new DataError(
        name,
        `features of ${scorers.join(', ')}`,
        others.join(', '),
        'Collect the examples again with this version.',
      )
    }
    const [first] = examples
    if (!first) throw new DataError('training of a ranker', 'examples', 'none', 'Give at least one set.')
    const { graph, loss, targets, weights } = softmaxCrossEntropy(trainingNetwork(network), {
      logits: output,
      generalization: options.generalization,
    })
    const inputs = { targets, weights }
    const places = new Int32Array(options.batchSize)
    const trainer = await Trainer.create(graph, {
      loss,
      groups: options.groups,
      schedule: options.schedule,
      clipNorm,
      feeds: feedsOf(first, places, inputs, batchOf(first, places)),
    })
    return new RankerTrainer(network, options, trainer, inputs)
  }

  private constructor(
    network: Network,
    options: RankerTrainerOptions,
    trainer: Trainer,
    inputs: { targets: string; weights: string },
  ) {
    this.#network = network
    this.#options = options
    this.#trainer = trainer
    this.#inputs = inputs
  }

  get steps(): number {
    return this.#trainer.steps
  }

  /** One step on some examples, `batchSize` of them; gives the loss. */
  async step(examples: RankingExamples, places: ArrayLike<number>, { uniform }: Random): Promise<number> {
    const { scorerDropout, embeddingDropout } = this.#options
    const kept = Float32Array.from(examples.scorers, () => (uniform() < scorerDropout ? 0 : 1))
    const embeddings = Float32Array.from(examples.scorers, () =>
      uniform() < embeddingDropout ? 0 : 1 / (1 - embeddingDropout),
    )
    const { loss } = await this.#trainer.step(
      feedsOf(examples, places, this.#inputs, batchOf(examples, places, { kept, embeddings })),
    )
    return loss
  }

  /** NDCG@10 of each of some examples as the network is now; a target that is none of the candidates is missed. */
  async ndcg(examples: RankingExamples, places: readonly number[]): Promise<Float64Array> {
    const found = new Float64Array(places.length)
    const { columns } = examples
    for (let start = 0; start < places.length; start += scoredAtOnce) {
      const some = places.slice(start, start + scoredAtOnce)
      const scores = (await this.#trainer.run(batchOf(examples, some), [output]))[output]?.data as Float32Array
      some.forEach((place, row) => {
        const target = examples.targets[place] as number
        const own = scores[row * columns + target] as number
        let rank = 1
        for (let column = 0; column < columns; column++) if ((scores[row * columns + column] as number) > own) rank++
        found[start + row] = target < columns - 1 && rank <= 10 ? 1 / Math.log2(1 + rank) : 0
      })
    }
    return found
  }

  /** The network as it is now. */
  network(): Network {
    return withWeights(this.#network, this.#trainer.parameters())
  }

  state(): Tensors {
    return this.#trainer.state()
  }

  restore(state: Tensors): void {
    this.#trainer.restore(state)
  }

  close(): Promise<void> {
    return this.#trainer.close()
  }
}

function feedsOf(
  examples: RankingExamples,
  places: ArrayLike<number>,
  names: { targets: string; weights: string },
  batch: Tensors,
): Tensors {
  const targets = new Float32Array(places.length * examples.columns)
  for (let row = 0; row < places.length; row++)
    targets[row * examples.columns + (examples.targets[places[row] as number] as number)] = 1
  return {
    ...batch,
    [names.targets]: float32([places.length, examples.columns], targets),
    [names.weights]: float32([places.length], new Float32Array(places.length).fill(1)),
  }
}
