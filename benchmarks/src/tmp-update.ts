import { generatedShop } from './generated-shop.js'
import { Catalog, trainRecommender } from '@headstart/recommender'
import { baselineMethods, untrainedMethod } from '@headstart/recommender/kit'
const n = Number(process.argv[2] ?? 1_000_000)
const shop = generatedShop({ interactions: n + 1000, items: 100_000 }, 1)
// shuffle: last 1000 rows by time
const { interactions: x } = shop
const order = Array.from(x.time.keys()).sort((a, b) => x.time[a]! - x.time[b]!)
const pick = (rows: number[]) => ({ ...shop, interactions: { ...x, user: Int32Array.from(rows, (r) => x.user[r]!), item: Int32Array.from(rows, (r) => x.item[r]!), time: Float64Array.from(rows, (r) => x.time[r]!) } })
const old = pick(order.slice(0, n)), late = pick(order.slice(n))
const users = [...new Set(late.interactions.user)]
const small = { ...late, catalog: new Catalog([...new Set(late.interactions.item)].map((i) => shop.catalog.items[i]!)) }
const nums = new Map(small.catalog.items.map((i, k) => [i.id, k]))
const given = { ...small, interactions: { ...small.interactions, users: users.map((u) => x.users[u]!), user: small.interactions.user.map((u) => users.indexOf(u)), item: small.interactions.item.map((i) => nums.get(shop.catalog.items[i]!.id)!) } }
for (const name of (process.argv[3] ?? 'popularity,item-knn,ease-text').split(',')) {
  const m = [...baselineMethods, untrainedMethod()].find((one) => one.name === name)!
  const settings: any = { 'item-knn': { neighbors: 200, shrinkage: 10, decay: 1 }, 'ease-text': { weight: 0.3, window: { last: 3, decay: 0.7 }, l2: 300 } }[name] ?? {}
  const method = { ...m, choose: async () => ({ settings, ndcg: 0.5 }) }
  let t = (process.cpuUsage().user / 1000)
  const model = await trainRecommender(old, { methods: [method], keep: true })
  console.log(name, 'fit', ((process.cpuUsage().user / 1000) - t) / 1000)
  for (let k = 0; k < Number(process.argv[4] ?? 3); k++) { t = (process.cpuUsage().user / 1000); const u = await model.update(given); console.log(name, 'update', ((process.cpuUsage().user / 1000) - t) / 1000, u.training.interactions) }
}
