/** A user's two programs: one trains and asks, the other, in a worker thread with an environment of its own, loads and asks. */
import { isMainThread, Worker } from 'node:worker_threads'
import { dataset, fineTune, loadModel, universalSentenceEncoder } from '@headstart/nlp'

const examples = [
  { input: 'Where is my parcel?', label: 'delivery' },
  { input: 'The courier left it at the wrong door.', label: 'delivery' },
  { input: 'You charged my card twice.', label: 'payment' },
  { input: 'Can I pay by bank transfer?', label: 'payment' },
]

if (isMainThread && process.argv[2] === 'worker') {
  const { HEADSTART_SPIN, HOME, XDG_CACHE_HOME } = process.env
  new Worker(new URL(import.meta.url), { env: { HEADSTART_SPIN, HOME, XDG_CACHE_HOME } }).on('error', console.error)
} else {
  const model = isMainThread
    ? await fineTune(await universalSentenceEncoder(), dataset(examples))
    : await loadModel('model')
  const [{ label }] = await model.predict(['My package never arrived.'])
  if (isMainThread) await model.save('model')
  await model.close()
  console.log(label)
}
