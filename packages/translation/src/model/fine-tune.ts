import type { JsonObject } from '@headstart/core'
import { markTrainedOn } from '@headstart/core/kit'
import type { Translator } from '../contract.js'
import type { Pair } from '../data/pair.js'
import { sourceKeys } from '../data/source-keys.js'
import { pairsFor } from '../data/pairs-for.js'
import { transformersJsProblem } from '../files/transformers-js.js'
import { forgottenBy } from '../tuning/forgotten.js'
import { chrfOf } from '../tuning/settle.js'
import { tune } from '../tuning/tune.js'
import type { TuneOptions } from '../tuning/tune-options.js'
import type { Training } from './training.js'
import { translationLanguages } from './translation-languages.js'
import { TranslatorModel } from './translator-model.js'

/**
 * Adapts a translator to pairs of texts: teacher forcing on its decoder, over what its frozen encoder says. Held-out pairs decide how long,
 * and whether it was of use: where they do not gain, the translator is kept as it was. What it forgot meanwhile is measured.
 *
 *     await using opus = await translator('Xenova/opus-mt-en-de')
 *     const model = await fineTune(opus, pairs, { onEvent })
 *     await model.save('my-translator')
 *
 * @param translator Stays as it is, and open: for as long as the model is evaluated.
 * @throws DataError for fewer than 10 pairs, pairs in the wrong order, and a translator whose weights are not float32.
 * @throws OptionError for an option that is out of range.
 */
export async function fineTune(
  translator: Translator,
  pairs: readonly Pair[],
  options: TuneOptions = {},
): Promise<TranslatorModel> {
  const { signal, onEvent, general } = options
  const usable = pairsFor({ name: 'pairs', pairs }, { languages: translationLanguages(translator), onEvent })
  const alone = transformersJsProblem(translator.files)
  if (alone) onEvent?.({ type: 'notice', message: `${translator.id}: ${alone}` })
  const tuned = await tune(translator, usable, options)
  const { plan, heldOut, gained } = tuned
  if (!gained) {
    const message = `Held-out pairs gained nothing (loss ${heldOut.before.toFixed(3)} per token before): the translator is kept as it was.`
    onEvent?.({ type: 'notice', message })
  }
  const after = translator.withNetworks(tuned.files, undefined, tuned.settings)
  const chrfBefore = await chrfOf(translator, heldOut.rows, { signal })
  const training: Training = {
    backbone: options.backbone ?? translator.id,
    pairs: tuned.pairs,
    learnsAll: tuned.learnsAll,
    unfreeze: plan.unfreeze,
    lora: plan.lora ?? null,
    learningRate: plan.learningRate,
    batchSize: plan.batchSize,
    labelSmoothing: plan.labelSmoothing,
    seed: plan.seed,
    epochs: tuned.epochs,
    share: tuned.share,
    generation: tuned.settings,
    trained: tuned.trained,
    kept: gained ? 'tuned' : 'untouched',
    ...(gained && { trainedOn: markTrainedOn(await sourceKeys(usable)) }),
    heldOut: {
      pairs: heldOut.pairs,
      lossBefore: heldOut.before,
      lossAfter: heldOut.after,
      chrfBefore,
      chrfAfter: heldOut.chrf,
    },
    forgotten: (await forgottenBy(translator, after, general, signal)) ?? null,
  }
  await after.close()
  const noted = translator.withNetworks(tuned.files, training as unknown as JsonObject, tuned.settings)
  return new TranslatorModel(noted, async () => translator.withNetworks(translator.networks.files))
}
