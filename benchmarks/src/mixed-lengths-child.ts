/**
 * `mixed-lengths-child.ts LENGTHS TEXTS EPOCHS`: tunes the last stage of an encoder on texts of one length or of several, in a process
 * of its own. Prints JSON.
 */
import { random } from '@headstart/core/kit'
import { dataset, fineTune, transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { InferenceSession } from 'onnxruntime-node'
import { mostMemory, withEmptyCache } from './measure.js'

/** What a tuning took. */
export interface Tuned {
  readonly sessions: number
  readonly seconds: number
  /** Most memory that the process ever held, and held before the tuning began. */
  readonly megabytes: number
  readonly before: number
}

// The runtime whose sessions can be counted from here.
process.env['HEADSTART_RUNTIME'] = 'onnxruntime-node'
const longest = 512
const [lengths = 'mixed', texts = '400', epochs = '2'] = process.argv.slice(2)

/** Sessions of training graphs, which alone spin while they run: not the small ones that only infer shapes. */
let sessions = 0
const create = InferenceSession.create.bind(InferenceSession) as (...given: unknown[]) => Promise<InferenceSession>
Object.assign(InferenceSession, {
  create: (...given: unknown[]) => {
    const { extra } = Object(given[1]) as { extra?: { session?: { force_spinning_stop?: string } } }
    if (extra?.session?.force_spinning_stop === '1') sessions++
    return create(...given)
  },
})

const tuned = await withEmptyCache(async (folder): Promise<Tuned> => {
  await writeFiles(folder, bertFiles({ hidden: 384, layers: 6, heads: 12, positions: longest }))
  const backbone = await transformersBackbone(folder, { maxLength: longest })
  const draw = random(1)
  const examples = Array.from({ length: Number(texts) }, (_, place) => {
    // As many short texts as long ones, by the logarithm: 4 to 512 tokens, two of which are special.
    const tokens = lengths === 'one' ? longest : 4 * 2 ** (draw.uniform() * Math.log2(longest / 4))
    const word = place % 2 ? 'good' : 'bad'
    return { input: `${word} `.repeat(Math.max(1, Math.round(tokens) - 2)).trim(), label: word }
  })
  const [before, began, made] = [mostMemory(), performance.now(), sessions]
  await using model = await fineTune(backbone, dataset(examples), {
    unfreeze: 1,
    epochs: Number(epochs),
    cache: false,
    knowledge: 'none',
  })
  void model
  return { sessions: sessions - made, seconds: (performance.now() - began) / 1000, megabytes: mostMemory(), before }
})
console.log(JSON.stringify(tuned))
