import { type Backbone, type Dataset, type FeatureCache, fineTune, type Spread } from '@headstart/core'
import { spreadOf } from './measure.js'

/** How often examples are drawn. */
export interface Draws {
  /** Training examples of each class. */
  readonly perClass: number
  readonly seeds: number
  /** Undefined: features are computed for each draw. */
  readonly cache: FeatureCache | undefined
}

/** Mean and spread of `kShotAccuracies`. */
export async function kShotAccuracy<Input>(...given: Parameters<typeof kShotAccuracies<Input>>): Promise<Spread> {
  return spreadOf(await kShotAccuracies(...given))
}

/**
 * Accuracy of a head trained on a few drawn examples, for each of several draws: measured on all the others, or on what the data
 * set aside to be measured on.
 * @param backbone Made for each draw, since one may be fitted to the drawn inputs.
 */
export async function kShotAccuracies<Input>(
  backbone: (drawn: readonly Input[]) => Backbone<Input>,
  data: Dataset<Input, string>,
  { perClass, seeds, cache: open }: Draws,
): Promise<number[]> {
  const cache = open ?? false
  const accuracies: number[] = []
  for (let seed = 0; seed < seeds; seed++) {
    const train = data.sample({ perClass, seed })
    const drawn = new Set(train.examples)
    const rest =
      data.test ?? data.subset([...data.examples.keys()].filter((index) => !drawn.has(data.examples[index] as never)))
    const model = await fineTune(backbone(train.inputs), train, { seed, cache })
    accuracies.push(await model.accuracy(rest, { cache }))
  }
  return accuracies
}
