import { FeatureCache, fineTune } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { texts } from './src/trust/data.js'
const [name, count] = [process.argv[2] ?? 'text/mds-dvd', Number(process.argv[3] ?? 20)]
const encoder = await universalSentenceEncoder()
const cache = await FeatureCache.open()
const { train, test } = await texts('/work/shared/data', name)
const model = await fineTune(encoder, train, { cache })
console.log(
  model.recipe.knowledge,
  model.recipe.inverseTemperature,
  model.recipe.l2,
  (await model.accuracy(test, { cache })).toFixed(3),
)
const some = random(Number(process.argv[4] ?? 0))
  .shuffle(test.inputs)
  .slice(0, count)
const shares = [0.01, 0.05, 0.1, 0.2, 0.5]
const sums: Record<string, number> = {}
const say = (key: string, v: number) => (sums[key] = (sums[key] ?? 0) + v / count)
for (const text of some) {
  const { parts, label } = await model.explain(text, { faithfulness: false })
  const words = parts.flatMap((p) => ('text' in p && p.read !== false ? [p.text] : []))
  const w0 = parts.flatMap((p) => (p.read !== false ? [p.weight] : []))
  const n = words.length
  const ask = async (keeps: number[][]) => {
    const a = await model.predict(keeps.map((k) => k.map((i) => words[i]).join('')))
    return a.map((x) => (x.probabilities as any)[label] as number)
  }
  const all = [...words.keys()]
  const [whole] = await ask([all])
  const comp = async (order: number[]) => {
    const keeps = shares.flatMap((s) => {
      const k = Math.ceil(s * n)
      const gone = new Set(order.slice(0, k))
      return [all.filter((i) => !gone.has(i)), all.filter((i) => gone.has(i))]
    })
    const v = await ask(keeps)
    const c = shares.map((_, i) => whole! - v[2 * i]!)
    return {
      c: c.reduce((a, b) => a + b) / 5,
      s: shares.map((_, i) => whole! - v[2 * i + 1]!).reduce((a, b) => a + b) / 5,
      each: c,
    }
  }
  const report = async (key: string, order: number[]) => {
    const { c, s, each } = await comp(order)
    say(key, c)
    say(key + ' suff', s)
    each.forEach((v, i) => say(key + ' @' + shares[i], v))
  }
  const by = (w: number[]) => [...all].sort((a, b) => w[b]! - w[a]!)
  await report('one pass', by(w0))
  await report('random', random(1).shuffle(all))
  const lo = (p: number) => Math.log(Math.max(p, 1e-12)) - Math.log(Math.max(1 - p, 1e-12))
  // second pass with the top share removed
  const pass2 = async (w: number[], share: number, cand: number) => {
    const order = by(w)
    const k = Math.ceil(share * n)
    const gone = order.slice(0, k)
    const rest = order.slice(k)
    const test = rest.slice(0, Math.ceil(cand * n))
    const base = [...rest].sort((a, b) => a - b)
    const v = await ask([base, ...test.map((i) => base.filter((j) => j !== i))])
    const w2 = [...w]
    test.forEach((i, at) => (w2[i] = lo(v[0]!) - lo(v[at + 1]!)))
    const reordered = [...gone, ...[...test].sort((a, b) => w2[b]! - w2[a]!), ...rest.slice(test.length)]
    return { reordered, w2, test, gone }
  }
  {
    const { reordered } = await pass2(w0, 0.1, 0.45)
    await report('second pass after 10%', reordered)
  }
  {
    const { w2, test, gone } = await pass2(w0, 0.1, 1)
    const m = w0.map((x, i) => (test.includes(i) ? (x + w2[i]!) / 2 : x))
    await report('mean of both (10%)', by(m))
  }
  {
    const { w2, test } = await pass2(w0, 0.2, 1)
    const m = w0.map((x, i) => (test.includes(i) ? (x + w2[i]!) / 2 : x))
    await report('mean of both (20%)', by(m))
  }
  {
    // insertion: each word alone added to nothing
    const v = await ask([[], ...all.map((i) => [i])])
    const w = all.map((i) => lo(v[i + 1]!) - lo(v[0]!))
    await report('alone', by(w))
    await report('alone + omission', by(w0.map((x, i) => x + w[i]!)))
  }
  if (n <= 140) {
    // greedy: at each share boundary re-evaluate
    let gone: number[] = []
    let rest = all
    let w = [...w0]
    for (const s of shares) {
      const k = Math.ceil(s * n)
      const order = [...rest].sort((a, b) => w[b]! - w[a]!)
      const add = order.slice(0, k - gone.length)
      gone = [...gone, ...add]
      rest = all.filter((i) => !gone.includes(i))
      if (s === 0.5) break
      const v = await ask([rest, ...rest.map((i) => rest.filter((j) => j !== i))])
      rest.forEach((i, at) => (w[i] = lo(v[0]!) - lo(v[at + 1]!)))
    }
    await report('greedy at bins', [...gone, ...rest])
  }
}
for (const [k, v] of Object.entries(sums))
  if (!/@/.test(k))
    console.log(
      k.padEnd(30),
      v.toFixed(3),
      Object.entries(sums)
        .filter(([o]) => o.startsWith(k + ' @'))
        .map(([, x]) => x.toFixed(3))
        .join(' '),
    )
