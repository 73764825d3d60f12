import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadRecommender, readShop, recommenderMethods, trainRecommender } from '@headstart/recommender'

/** Learns from a small shop, saves into a folder, loads from it and asks. @returns what is recommended to who has taken tea */
export async function recommend(folder) {
  const shelves = { breakfast: ['tea', 'milk', 'honey', 'bread'], tools: ['hammer', 'nails', 'saw', 'glue'] }
  const rows = Array.from({ length: 24 }, (_, user) =>
    shelves[user % 2 ? 'tools' : 'breakfast'].map((item, day, all) => `${user},${all[(day + user) % 4]},${day}`),
  )
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'interactions.csv'), ['user,item,timestamp', ...rows.flat()].join('\n'))
  await writeFile(
    join(folder, 'items.csv'),
    [
      'item,title',
      ...Object.values(shelves)
        .flat()
        .map((item) => `${item},${item}`),
    ].join('\n'),
  )
  const shop = await readShop(folder)
  const methods = recommenderMethods.filter(({ name }) => ['item-knn', 'frozen'].includes(name))
  const model = await trainRecommender(shop, { methods })
  await model.save(join(folder, 'model'))
  const again = await loadRecommender(join(folder, 'model'))
  const answers = await again.recommend(['tea'], { k: 1 })
  await Promise.all([model, again].map((one) => one.close()))
  return answers.map(({ item }) => item.id).join(', ')
}
