import { fineTune } from '../src/fine-tune/fine-tune.js'
import type { Model } from '../src/model/model.js'
import { tinyBackbone } from './tiny-backbone.js'
import { type Part, tinyDataset } from './tiny-data.js'

/** A model that tells parts of the alphabet apart, trained in an instant. */
export function tinyModel({ l2 = 0.01 } = {}): Promise<Model<string, Part>> {
  return fineTune(tinyBackbone(), tinyDataset(10), { cache: false, l2 })
}

export const tinyTexts = ['', 'abecedarian', 'Look, no monk!', 'why two views?', 'a']
