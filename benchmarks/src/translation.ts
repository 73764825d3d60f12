import { compare, startRun } from '@headstart/core'
import { Session, tensor, type Tensor, type Tensors, Trainer } from '@headstart/onnx'
import { weightRoles } from '@headstart/onnx/kit'
import { readTranslationData, type Translator, translator } from '@headstart/translation'
import {
  EncodedSources,
  type MethodName,
  methodNames,
  pairsFor,
  pairsHeldOut,
  TokenFeeds,
  trainingGraph,
  translationLearners,
  tune,
} from '@headstart/translation/kit'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { median } from './measure.js'
import { startPyTorch } from './pytorch.js'

/** What a translator should gain in chrF2, by the number of pairs. */
const gains: Readonly<Record<number, number>> = { 500: 3, 2000: 5.5 }
const loraShare = 0.9

/** What can be measured alone. */
const parts = ['files', 'steps', 'gains'] as const
/** Numbers of pairs of the whole table. */
const tableShots = [100, 500, 2000]

/**
 * A translator adapted to a domain that it has not seen: what is gained on the pairs set aside, and at what cost.
 * @param words Numbers of pairs, methods, and parts, where not all of them are wanted; `table`: each method at 100, 500 and 2,000
 *   pairs, from scratch too; `draws=3`: random draws of the pairs. Default 1.
 */
export function translation(model: string, data: string, words: readonly string[]): Benchmark {
  const isTable = words.includes('table')
  const draws = Number(words.find((word) => word.startsWith('draws='))?.slice('draws='.length) ?? 1)
  const numbers = words.map(Number).filter((count) => Number.isFinite(count))
  const shots = numbers.length > 0 ? numbers : isTable ? tableShots : [500, 2000]
  const wanted = parts.filter((part) => words.includes(part) || (isTable && part === 'gains'))
  const named = methodNames.filter((name) => words.includes(name))
  const methods = named.length > 0 ? named : methodNames.filter((name) => isTable || name !== 'scratch')
  const isAsked = (part: (typeof parts)[number]): boolean => wanted.length === 0 || wanted.includes(part)
  return {
    title: `Translation: ${model} adapted to ${data}`,
    async run() {
      await using base = await translator(model)
      return [
        ...(isAsked('files') ? await sameOnBothWays(base, data) : []),
        ...(isAsked('steps') ? await steps(base) : []),
        ...(isAsked('gains') ? await gained(base, data, { methods, shots, draws }) : []),
      ]
    },
  }
}

async function gained(
  base: Translator,
  folder: string,
  {
    methods,
    shots,
    draws,
  }: { readonly methods: readonly MethodName[]; readonly shots: readonly number[]; readonly draws: number },
): Promise<Figure[]> {
  const data = await readTranslationData(folder)
  const learners = translationLearners(base)
  const names = [...new Set<MethodName>(['untouched', ...methods])]
  const { from = 'en', to = 'de' } = base.languages
  const protocol = pairsHeldOut({ languages: { source: from, target: to }, shots, draws })
  const onEvent = (event: { type: string; message?: string }): void => {
    if (event.type !== 'step') console.error(JSON.stringify(event))
  }
  const comparison = await compare(
    { data, learners: names.map((name) => learners[name]), protocol },
    startRun({ onEvent }),
  )
  console.log(comparison.text())
  console.log(JSON.stringify(comparison.json))
  return shots.flatMap((count) => {
    const own = comparison.rows.filter(({ columns }) => columns['shots'] === count)
    const chrf = (name: MethodName): number | undefined =>
      own.find(({ learner }) => learner === name)?.figures['chrf'] ?? undefined
    const before = chrf('untouched') as number
    const best = Math.max(
      ...(['frozen-encoder', 'all'] as const)
        .map((name) => (chrf(name) ?? Number.NaN) - before)
        .filter((gain) => !Number.isNaN(gain)),
    )
    return methods.flatMap((name): Figure[] => {
      const score = chrf(name)
      if (score === undefined || name === 'untouched') return []
      const what = `chrF2 gained with ${count} pairs: ${name}`
      const beside = `untouched: ${before.toFixed(2)}; ${draws === 1 ? 'one draw' : `${draws} draws`}`
      const target = name === 'lora' && Number.isFinite(best) ? loraShare * best : gains[count]
      if (target === undefined || name === 'scratch') return [{ what, measured: (score - before).toFixed(2), beside }]
      return [atLeast(what, score - before, Number(target.toFixed(2)), beside)]
    })
  })
}

/** What the saved files say of held-out pairs, without a cache and with it, beside what the training graph said. */
async function sameOnBothWays(base: Translator, folder: string): Promise<Figure[]> {
  const pairs = pairsFor(await readTranslationData(folder), { languages: undefined }).slice(0, 40)
  const { files, heldOut, costs: trained } = await tune(base, pairs, { epochs: 1 })
  await using tuned = base.withNetworks(files)
  const { encoder, decoder, decoderWithPast } = tuned.networks
  const sessions = [
    await Session.create(encoder),
    await Session.create(decoder),
    await Session.create(decoderWithPast),
  ] as const
  const run = (session: Session, feeds: Tensors): Promise<Tensors> =>
    session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name] as Tensor])))
  const ints = (ids: readonly number[]): Tensor => tensor('int64', [1, ids.length], BigInt64Array.from(ids, BigInt))
  let [ways, costs] = [0, 0]
  for (const [row, pair] of heldOut.rows.entries()) {
    const source = tuned.tokenizer.encodeSource(pair.source)
    const target = tuned.tokenizer.encodeTarget(pair.target)
    const mask = ints(source.map(() => 1))
    const said = await run(sessions[0], { input_ids: ints(source), attention_mask: mask })
    const given = { encoder_hidden_states: said['last_hidden_state'] as Tensor, encoder_attention_mask: mask }
    const read = [tuned.specialTokens.decoderStart, ...target.slice(0, -1)]
    const whole = (await run(sessions[1], { ...given, input_ids: ints(read) }))['logits'] as Tensor
    const vocabulary = whole.dims.at(-1) as number
    const at = (place: number): Float32Array =>
      (whole.data as Float32Array).subarray(place * vocabulary, (place + 1) * vocabulary)
    let present = await run(sessions[1], { ...given, input_ids: ints(read.slice(0, 1)) })
    for (const [place, id] of read.entries()) {
      if (place > 0) {
        const past = Object.fromEntries(
          Object.entries(present).map(([name, value]) => [name.replace('present.', 'past_key_values.'), value]),
        )
        present = { ...present, ...(await run(sessions[2], { ...given, ...past, input_ids: ints([id]) })) }
      }
      const step = present['logits']?.data as Float32Array
      at(place).forEach((value, index) => (ways = Math.max(ways, Math.abs(value - (step[index] as number)))))
    }
    const cost = target.reduce((sum, id, place) => {
      const logits = at(place)
      return sum + Math.log(logits.reduce((total, value) => total + Math.exp(value), 0)) - (logits[id] as number)
    }, 0)
    costs = Math.max(costs, Math.abs(cost - (trained.data[2 * row] as number)) / target.length)
  }
  for (const session of sessions) await session.close()
  return [
    atMost(
      'logits of the saved files, cached beside whole',
      ways,
      1e-4,
      `largest difference over ${heldOut.rows.length} targets`,
    ),
    atMost('loss per token of a target, saved beside trained', costs, 1e-4, 'largest difference'),
  ]
}

const [batch, tokens, rounds] = [16, 24, 9]

/** A step of training of the decoder, beside the same one in PyTorch. */
async function steps(base: Translator): Promise<Figure[]> {
  const sequence = (row: number): number[] => [
    ...Array.from({ length: tokens - 1 }, (_, i) => 20 + ((i * 37 + row * 101) % 9000)),
    0,
  ]
  const pairs = Array.from({ length: batch }, (_, row) => ({ source: sequence(row), target: sequence(row + 3) }))
  const { graph, loss } = trainingGraph(base.networks, 'decoder', 0.1)
  const feeds = await new TokenFeeds(graph, base, pairs, new EncodedSources(base)).feeds(
    { rows: [...pairs.keys()], longest: 0 },
    batch,
  )
  const groups = [{ names: [...weightRoles(graph).keys()], learningRate: 1e-4, weightDecay: 0.01 }]
  const pytorch = await startPyTorch()
  const trainer = await Trainer.create(graph, { loss, groups, feeds, clipNorm: 1 })
  try {
    const own: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      await trainer.step(feeds)
      const started = performance.now()
      await trainer.step(feeds)
      own.push(performance.now() - started)
      if (!pytorch) continue
      await pytorch.step('translator')
      theirs.push(await pytorch.step('translator'))
    }
    const what = `a step of training, decoder, ${batch} x ${tokens} tokens`
    if (!pytorch) return [{ what, measured: `${median(own).toFixed(0)} ms`, beside: 'PyTorch is not installed' }]
    const ratios = own.map((time, round) => time / (theirs[round] as number))
    return [
      atMost(
        `${what}, beside PyTorch`,
        median(ratios),
        1.1,
        `${median(own).toFixed(0)} ms, PyTorch ${median(theirs).toFixed(0)} ms`,
      ),
    ]
  } finally {
    await trainer.close()
    pytorch?.close()
  }
}
