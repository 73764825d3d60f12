import type { Learner } from '@headstart/core'
import type { Translator } from '../contract.js'
import type { TranslationData } from '../data/pair.js'
import { pairsFor } from '../data/pairs-for.js'
import { translationLanguages } from '../model/translation-languages.js'
import { TranslatorModel } from '../model/translator-model.js'
import { EncodedSources } from '../tuning/encoded-sources.js'
import { freshNetworks } from '../tuning/fresh-weights.js'
import { tune } from '../tuning/tune.js'
import type { TuneOptions } from '../tuning/tune-options.js'

/** Something that learns to translate. */
export type TranslationLearner = Learner<TranslationData, TranslatorModel>

/** Rows of a comparison. */
export const methodNames = ['untouched', 'scratch', 'frozen-encoder', 'lora', 'all'] as const
export type MethodName = (typeof methodNames)[number]

/** Rank of the updates where nothing else is said. */
export const usualRank = 32

/**
 * What `compare` sets side by side: the translator as it is; the same network with fresh weights; its decoder tuned, the encoder frozen;
 * low-rank updates of that; all of it tuned.
 * @param base Stays open.
 */
export function translationLearners(
  base: Translator,
  options: TuneOptions = {},
): Record<MethodName, TranslationLearner> {
  const tuning = (
    name: MethodName,
    description: string,
    own: TuneOptions,
    adds: TranslationLearner['adds'],
    from: (seed: number) => Translator = () => base,
  ): TranslationLearner => ({
    name,
    description,
    takes: 'minutes',
    adds,
    suits: () => true,
    async fit(data, run) {
      const pairs = pairsFor(data, { languages: translationLanguages(base) })
      const start = from(run.seed)
      const encoded = await run.once([start, 'encoded sources'], async () => new EncodedSources(start))
      const { signal, onEvent, seed } = run
      const tuned = await tune(start, pairs, { ...options, ...own, signal, onEvent, seed }, encoded)
      return new TranslatorModel(base.withNetworks(tuned.files, undefined, tuned.settings))
    },
  })
  const untouched: TranslationLearner = {
    name: 'untouched',
    description: 'the translator as it is',
    takes: 'seconds',
    adds: [],
    suits: () => true,
    // Another one over the same weights, so that closing it leaves that of the caller open.
    fit: async (_, run) =>
      new TranslatorModel(await run.once([base, 'untouched'], async () => base.withNetworks(base.networks.files))),
  }
  const scratch = tuning(
    'scratch',
    'the same network with fresh weights, all of it trained',
    { unfreeze: 'all', learningRate: 1e-3, epochs: 20 },
    [],
    (seed) => base.withNetworks(freshNetworks(base.networks, seed)),
  )
  const fineTuning = { what: 'fine-tuning', to: untouched }
  const both = [fineTuning, { what: 'pre-training', to: scratch }]
  return {
    untouched,
    scratch,
    'frozen-encoder': tuning(
      'frozen-encoder',
      'the decoder tuned over the frozen encoder',
      { unfreeze: 'decoder' },
      both,
    ),
    lora: tuning(
      'lora',
      'low-rank updates of the decoder',
      { unfreeze: 'decoder', lora: options.lora ?? { rank: usualRank } },
      [fineTuning],
    ),
    all: tuning('all', 'encoder and decoder tuned', { unfreeze: 'all' }, both),
  }
}
