import {
  type Dataset,
  dataset,
  fineTune,
  type FineTuneOptions,
  type Model,
  universalSentenceEncoder,
} from '../src/index.js'

const sentences = {
  food: [
    'The soup was cold.',
    'Fresh fish, well seasoned.',
    'Their pancakes are too sweet.',
    'We ordered two pizzas.',
    'Try the lamb with rosemary.',
    'The bread is baked every morning.',
    'No dessert for me, thanks.',
    'Spicy noodles for lunch again.',
    'This cheese smells strong.',
    'He peeled an orange.',
    'Dinner is almost ready.',
    'The salad had no dressing.',
  ],
  travel: [
    'The train leaves at nine.',
    'Our flight was delayed.',
    'She packed a small suitcase.',
    'We drove along the coast.',
    'The hostel is near the station.',
    'A ticket to Lisbon, please.',
    'He lost his passport.',
    'The ferry crosses twice a day.',
    'They hiked over the pass.',
    'I booked a window seat.',
    'The bus was full.',
    'We missed our connection.',
  ],
}

/** A few sentences about food and travel. */
export function fewSentences(): Dataset<string> {
  return dataset(Object.entries(sentences).flatMap(([label, texts]) => texts.map((input) => ({ input, label }))))
}

/** Tunes the last stage of the Universal Sentence Encoder on a few sentences, for 9 steps. */
export async function tuneOnFewSentences(options: FineTuneOptions): Promise<Model<string, string>> {
  return fineTune(await universalSentenceEncoder({ threads: 1 }), fewSentences(), {
    cache: false,
    unfreeze: 1,
    validation: 0.25,
    batchSize: 6,
    epochs: 3,
    learningRate: 1e-3,
    l2: 1e-2,
    ...options,
  })
}
