import { type Backbone, dataset, fineTune } from '../src/index.js'

// What is known beforehand: here, how often each letter occurs. A pre-trained network knows far more.
const frequency = (text: string, letter: string): number => (text.toLowerCase().split(letter).length - 1) / text.length
const letters = [...'abcdefghijklmnopqrstuvwxyz']
const letterFrequencies: Backbone<string> = {
  id: 'letter-frequencies',
  modality: 'text',
  featureSize: letters.length,
  fingerprint: '1',
  contentKey: (text) => text,
  async embed(texts) {
    const data = Float32Array.from(texts.flatMap((text) => letters.map((letter) => frequency(text, letter))))
    return { rows: texts.length, columns: letters.length, data }
  },
}

const train = dataset([
  { input: 'What have they got to do with the weather?', label: 'English' },
  { input: 'You told me about that house by the river.', label: 'English' },
  { input: 'Das Haus an dem Fluss ist zu klein geworden.', label: 'German' },
  { input: 'Wenn es regnet, bleiben sie lieber drinnen.', label: 'German' },
])
const model = await fineTune(letterFrequencies, train)
for (const { label, probability } of await model.predict(['Who took the other two?', 'Eine seltene Blume.'])) {
  console.log(label, probability.toFixed(1))
}
