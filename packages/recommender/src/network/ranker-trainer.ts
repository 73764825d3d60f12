import { type Matrix, type Network } from '@headstart/core'
import { DataError } from '@headstart/core/kit'
import { float32, type ParameterGroup, type Schedule, type Tensors, Trainer } from '@headstart/onnx'
import { softmaxCrossEntropy } from '@headstart/onnx/kit'
import { output, scorersOf, trainingNetwork, withWeights } from './behavior-network.js'
import { batchOf, type BatchOptions, type RankingExamples } from './ranking-examples.js'

/** Largest norm of the gradient; longer ones are scaled down. */
const clipNorm = 1
/** Examples that are scored at a time. */
const scoredAtOnce = 128

/** Options of `RankerTrainer.create`. */
export interface RankerTrainerOptions {
  readonly groups: readonly ParameterGroup[]
  readonly schedule: Schedule
  readonly batchSize: number
  /**
   * How little targets count that are hopelessly far down: q of the generalized cross-entropy. With 0 the many that no list of ten
   * could hold are what is learned from most.
   */
  readonly generalization: number
}

/**
 * A network over features, to be trained to rank targets first: generalized cross-entropy of the softmax over an example's
 * candidates (without the generalization it is ListNet with one relevant item: Cao et al., "Learning to rank: from pairwise
 * approach to listwise approach", 2007).
 */
export class RankerTrainer {
  /** For `runLoop`. */
  readonly trainer: Trainer
  readonly #network: Network
  readonly #inputs: LossInputs

  /** @throws DataError for examples of other scorers than the network's. */
  static async create(
    network: Network,
    examples: readonly RankingExamples[],
    { batchSize, generalization, ...options }: RankerTrainerOptions,
  ): Promise<RankerTrainer> {
    const first = checked(network, examples)
    const { graph, loss, ...inputs } = softmaxCrossEntropy(trainingNetwork(network), {
      logits: output,
      generalization,
    })
    const feeds = feedsOf(first, new Int32Array(batchSize), inputs)
    return new RankerTrainer(network, await Trainer.create(graph, { ...options, loss, clipNorm, feeds }), inputs)
  }

  private constructor(network: Network, trainer: Trainer, inputs: LossInputs) {
    this.#network = network
    this.trainer = trainer
    this.#inputs = inputs
  }

  /** Input tensors of a step on some examples, `batchSize` of them. */
  feeds(examples: RankingExamples, places: ArrayLike<number>, left?: BatchOptions): Tensors {
    return feedsOf(examples, places, this.#inputs, left)
  }

  /** Rank of each target among the candidates as the network is now, [places, 1]; Infinity for one that is none of them. */
  async ranks(examples: RankingExamples, places: readonly number[]): Promise<Matrix> {
    const ranks = new Float32Array(places.length).fill(Infinity)
    const { columns } = examples
    for (let start = 0; start < places.length; start += scoredAtOnce) {
      const some = places.slice(start, start + scoredAtOnce)
      const scores = (await this.trainer.run(batchOf(examples, some), [output]))[output]?.data as Float32Array
      some.forEach((place, row) => {
        const target = examples.targets[place] as number
        if (target === columns - 1) return
        const own = scores[row * columns + target] as number
        let rank = 1
        for (let column = 0; column < columns; column++) if ((scores[row * columns + column] as number) > own) rank++
        ranks[start + row] = rank
      })
    }
    return { rows: places.length, columns: 1, data: ranks }
  }

  /** The network as it is now. */
  network(): Network {
    return withWeights(this.#network, this.trainer.parameters())
  }

  close(): Promise<void> {
    return this.trainer.close()
  }
}

/** NDCG@10 of a rank. */
export function ndcgAt(rank: number): number {
  return rank <= 10 ? 1 / Math.log2(1 + rank) : 0
}

/** Names of the loss's inputs. */
interface LossInputs {
  readonly targets: string
  readonly weights: string
}

/** The first of some sets of examples, all of which are of the network's scorers. */
function checked(network: Network, examples: readonly RankingExamples[]): RankingExamples {
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
  return first
}

function feedsOf(
  examples: RankingExamples,
  places: ArrayLike<number>,
  names: LossInputs,
  left?: BatchOptions,
): Tensors {
  const targets = new Float32Array(places.length * examples.columns)
  for (let row = 0; row < places.length; row++)
    targets[row * examples.columns + (examples.targets[places[row] as number] as number)] = 1
  return {
    ...batchOf(examples, places, left),
    [names.targets]: float32([places.length, examples.columns], targets),
    [names.weights]: float32([places.length], new Float32Array(places.length).fill(1)),
  }
}
