/** Sentiment of sentences: trained on two kinds of reviews, tried on new ones of the same kinds and on a third kind. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textTable } from '@headstart/core/kit'
import {
  compare,
  dataset,
  drawsPerClass,
  fineTune,
  loadModel,
  textLearners,
  universalSentenceEncoder,
} from '@headstart/nlp'
import pc from 'picocolors'
import { domains, type Sentiment, sentences } from './sentences.js'

const folder = process.argv[2] ?? join(tmpdir(), 'headstart-sentiment')
const title = (text: string): void => console.log(`\n${pc.bold(text)}`)

console.log(pc.bold('Sentiment: is a sentence positive or negative?'))
console.log('A frozen Universal Sentence Encoder (7 million weights, none of them changed) and a head trained here.')

const backbone = await universalSentenceEncoder()

title('Trained on two domains, tried on unseen sentences of the same two, and on a domain never seen')
const started = performance.now()
const rows = []
for (const unseen of domains) {
  const seen = domains.filter((domain) => domain !== unseen)
  const { train, test } = dataset(seen.flatMap(sentences)).split({ test: 0.2, seed: 1 })
  const model = await fineTune(backbone, train)
  const same = await model.evaluate(test)
  const other = await model.evaluate(dataset(sentences(unseen)))
  const figure = ({ accuracy, intervals }: typeof same): string =>
    `${accuracy.toFixed(3)} (${intervals.accuracy.map((value) => value.toFixed(3)).join(' to ')})`
  rows.push([
    `${seen.join(' + ')}, ${train.size} sentences`,
    figure(same),
    `${figure(other)} on ${unseen}`,
    same.baseline.accuracy.toFixed(3),
  ])
}
console.log(textTable([['trained on', 'same domains', 'domain never seen', 'always one class'], ...rows]))
console.log(`Accuracy with its 95 % interval. All three in ${((performance.now() - started) / 1000).toFixed(1)} s.`)

title(
  'What is the pre-trained network worth? The same head on words learned from the examples alone, and on the network',
)
const reviews = dataset(['amazon', 'yelp'].flatMap((domain) => sentences(domain as 'amazon' | 'yelp')))
const protocol = drawsPerClass(backbone, { unseen: dataset(sentences('imdb')) })
console.log((await compare({ data: reviews, learners: textLearners(backbone), protocol })).text())

title('Saved, loaded, asked')
const model = await fineTune(backbone, dataset(domains.flatMap(sentences)))
await model.save(folder)
const again = await loadModel<Sentiment>(folder)
const questions = [
  'Best coffee I have had in years, and the staff remembered my name.',
  'It stopped charging after two days and nobody answers my mails.',
  'I would not say it is bad, but I would not buy it again.',
  'Two hours of my life that I will never get back.',
  'Surprisingly comfortable, and it looks far more expensive than it was.',
]
const answers = await again.predict(questions)
const lines = answers.map(({ label, probability }, index) => [
  questions[index] as string,
  label,
  probability.toFixed(2),
])
console.log(textTable([['sentence', 'answer', 'probability'], ...lines]))
console.log(`The model is in ${folder}; one of its files is a plain model.onnx.`)
