import { dataset, fineTune, loadModel, universalSentenceEncoder } from '@headstart/nlp'

/** Trains on six texts, saves into a folder, loads from it and asks. @returns what is answered to a text of each kind */
export async function classify(folder) {
  const messages = dataset([
    { input: 'Where is my parcel? It should have been here on Monday.', label: 'delivery' },
    { input: 'The courier left it at the wrong door.', label: 'delivery' },
    { input: 'How long does shipping to Norway take?', label: 'delivery' },
    { input: 'You charged my card twice.', label: 'payment' },
    { input: 'Can I pay by bank transfer?', label: 'payment' },
    { input: 'The invoice shows the wrong amount.', label: 'payment' },
  ])
  const backbone = await universalSentenceEncoder()
  const model = await fineTune(backbone, messages, { cache: false })
  await model.save(folder)
  const again = await loadModel(folder)
  const answers = await again.predict(['My package never arrived.', 'I want my money back on my credit card.'])
  await Promise.all([backbone, model, again].map((one) => one.close()))
  return answers.map(({ label }) => label).join(', ')
}
