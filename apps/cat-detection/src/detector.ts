import { type FeatureCache, type RunOptions } from '@headstart/core'
import { chooseThreshold, type Detections } from '@headstart/core/kit'
import { type Backbone, type Dataset, dataset, fineTune, type ImageInput, type Model } from '@headstart/vision'

export type Label = 'cat' | 'other'
export type Examples = Dataset<ImageInput, Label>

/** A detector: a model, and the score from which it says "cat". */
export interface Detector {
  readonly model: Model<ImageInput, Label>
  readonly threshold: number
}

/** One picture that a detector was asked about: its place among the examples, and the probability that it is a cat. */
export interface Scored {
  readonly place: number
  readonly isCat: boolean
  readonly score: number
}

export interface Settings extends RunOptions {
  readonly cache: FeatureCache
}

/** Trains a model on all of these. */
export type Train = (parts: readonly Examples[]) => Promise<Detector['model']>

/**
 * Trains heads on one backbone, and on the same parts only once: detectors that leave out one style each have most of what
 * their thresholds are chosen with in common.
 */
export function trainerOf(backbone: Backbone<ImageInput>, settings: Settings): Train {
  const trainings: { readonly parts: readonly Examples[]; readonly model: ReturnType<Train> }[] = []
  return (parts) => {
    const known = trainings.find(
      (one) => one.parts.length === parts.length && one.parts.every((part, place) => part === parts[place]),
    )
    if (known) return known.model
    const model = fineTune(backbone, joined(parts), settings)
    trainings.push({ parts, model })
    return model
  }
}

/**
 * Trains on all parts of the examples. The threshold is chosen on scores that each part gets from a model that was trained
 * on the others: where the parts are styles, on pictures in a style that the model has not seen.
 */
export async function trainDetector(train: Train, parts: readonly Examples[], settings: Settings): Promise<Detector> {
  const validation: Scored[] = []
  for (const part of parts) {
    const model = await train(parts.filter((other) => other !== part))
    validation.push(...(await score(model, part, settings)))
  }
  return {
    model: await train(parts),
    threshold: chooseThreshold(asDetections(validation)),
  }
}

function joined(parts: readonly Examples[]): Examples {
  return dataset<ImageInput, Label>(
    parts.flatMap(({ examples }) => examples),
    { name: parts.map(({ name }) => name).join(' + ') },
  )
}

/** The score of each picture that can be read. */
export async function score(
  model: Detector['model'],
  { inputs, targets }: Examples,
  settings: Settings,
): Promise<Scored[]> {
  const onUnreadable = (_: number, { message }: Error): void => settings.onEvent?.({ type: 'notice', message })
  const answers = await model.predict(inputs, { ...settings, onUnreadable })
  return answers.flatMap((answer, place) =>
    answer ? [{ place, isCat: targets[place] === 'cat', score: answer.probabilities.cat }] : [],
  )
}

export function asDetections(scored: readonly Scored[]): Detections {
  return { scores: scored.map((one) => one.score), truth: scored.map(({ isCat }) => isCat) }
}
