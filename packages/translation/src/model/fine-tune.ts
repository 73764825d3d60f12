import type { JsonObject } from '@headstart/core'
import type { Translator } from '../contract.js'
import type { Pair } from '../data/pair.js'
import { pairsFor } from '../data/pairs-for.js'
import { chrF2 } from '../evaluate/chrf.js'
import { scoreOf } from '../evaluate/metric.js'
import { forgottenBy } from '../tuning/forgotten.js'
import { tune } from '../tuning/tune.js'
import type { TuneOptions } from '../tuning/tune-options.js'
import type { Training } from './training.js'
import { translationLanguages } from './translation-languages.js'
import { TranslatorModel } from './translator-model.js'

/** Held-out pairs that are translated before and after, at most, to say what was gained. */
const mostTranslated = 100

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
  const tuned = await tune(translator, usable, options)
  const { plan, heldOut, gained } = tuned
  if (!gained) {
    const message = `Held-out pairs gained nothing (loss ${heldOut.before.toFixed(3)} per token before): the translator is kept as it was.`
    onEvent?.({ type: 'notice', message })
  }
  const after = gained ? translator.withNetworks(tuned.files) : translator
  const asked = heldOut.rows.slice(0, mostTranslated)
  const chrfOf = async (one: Translator): Promise<number> => {
    const said = await one.translate(
      asked.map(({ source }) => source),
      { signal },
    )
    return scoreOf(
      chrF2,
      said.map(({ text }) => text),
      asked.map(({ target }) => target),
    )
  }
  const chrfBefore = await chrfOf(translator)
  const training: Training = {
    backbone: options.backbone ?? translator.id,
    pairs: tuned.pairs,
    unfreeze: plan.unfreeze,
    lora: plan.lora ?? null,
    learningRate: plan.learningRate,
    batchSize: plan.batchSize,
    labelSmoothing: plan.labelSmoothing,
    seed: plan.seed,
    epochs: tuned.epochs,
    share: tuned.share,
    trained: tuned.trained,
    kept: gained ? 'tuned' : 'untouched',
    heldOut: {
      pairs: heldOut.pairs,
      lossBefore: heldOut.before,
      lossAfter: heldOut.after,
      chrfBefore,
      chrfAfter: gained ? await chrfOf(after) : chrfBefore,
    },
    forgotten: (await forgottenBy(translator, after, general, signal)) ?? null,
  }
  if (gained) await after.close()
  const noted = translator.withNetworks(tuned.files, training as unknown as JsonObject)
  return new TranslatorModel(noted, async () => translator.withNetworks(translator.networks.files))
}
