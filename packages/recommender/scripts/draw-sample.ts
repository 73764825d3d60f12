/**
 * Makes sample/: a made-up shop for eight hobbies, whose customers turn from one hobby to the next.
 *
 *     npx tsx scripts/draw-sample.ts [SEED]
 */
import { writeFile } from 'node:fs/promises'
import { random } from '@headstart/core/kit'

/** Titles and prices, by category. */
const catalog: Readonly<Record<string, readonly (readonly [title: string, price: number])[]>> = {
  coffee: [
    ['Hand coffee grinder with steel burrs', 49],
    ['Espresso beans, dark roast, 1 kg', 18],
    ['Filter coffee, light roast, 500 g', 12],
    ['Paper filters for coffee, 100 pieces', 5],
    ['Stovetop espresso maker for three cups', 32],
    ['Milk frother, hand held', 15],
    ['Glass pour-over coffee maker', 38],
    ['Gooseneck kettle for pour-over coffee', 55],
    ['Espresso cups, set of four', 24],
    ['Descaler for coffee machines', 9],
    ['Coffee scale with timer', 35],
    ['Airtight tin for coffee beans', 14],
  ],
  baking: [
    ['Sourdough proofing basket', 17],
    ['Bread flour, stone ground, 5 kg', 11],
    ['Rye flour, whole grain, 2 kg', 6],
    ['Bread knife with long blade', 29],
    ['Cast iron pot for baking bread', 79],
    ['Dough scraper, steel', 7],
    ['Baking stone for bread and pizza', 34],
    ['Scoring knife for dough', 9],
    ['Kitchen scale for flour and dough', 22],
    ['Dried yeast, 10 sachets', 4],
    ['Muffin tin for twelve', 16],
    ['Rolling pin, beech wood', 13],
  ],
  garden: [
    ['Pruning shears for roses', 27],
    ['Watering can, 10 liters', 19],
    ['Tomato seeds, four old varieties', 8],
    ['Raised bed of larch wood', 119],
    ['Compost for vegetables, 40 liters', 10],
    ['Garden gloves, leather', 16],
    ['Hand trowel, forged', 21],
    ['Bean and pea seeds', 6],
    ['Garden hose with reel, 25 m', 59],
    ['Slug collar of copper, 4 m', 14],
    ['Herb seeds: basil, dill, parsley', 5],
    ['Greenhouse film for a tomato bed', 25],
  ],
  cycling: [
    ['Bicycle pump with gauge', 33],
    ['Puncture repair kit for tires', 6],
    ['Inner tube, 28 inches', 7],
    ['Chain oil for bicycles', 9],
    ['Bicycle helmet, dark blue', 65],
    ['Pannier bags, waterproof, pair', 95],
    ['Bicycle light, front and rear', 39],
    ['Folding lock for bicycles', 75],
    ['Cycling gloves with padding', 24],
    ['Multi tool for bicycles', 28],
    ['Bottle cage with bottle', 17],
    ['Mudguards, 28 inches', 31],
  ],
  painting: [
    ['Watercolor box, 24 pans', 42],
    ['Watercolor paper, block A4', 18],
    ['Brush set for watercolor', 26],
    ['Sketchbook, A5, thick paper', 13],
    ['Graphite pencils, 12 grades', 15],
    ['Kneadable eraser', 3],
    ['Masking tape for watercolor paper', 5],
    ['Table easel, beech', 37],
    ['Oil paints, set of ten tubes', 48],
    ['Canvas on frame, 40 x 50 cm', 12],
    ['Palette knife set', 14],
    ['Turpentine substitute for oil paints', 8],
  ],
  camping: [
    ['Tent for two, 2.4 kg', 189],
    ['Sleeping bag to minus 5 degrees', 129],
    ['Sleeping mat, self inflating', 69],
    ['Gas stove for camping', 44],
    ['Gas cartridge, 230 g', 7],
    ['Head torch, rechargeable', 36],
    ['Titanium pot with lid', 41],
    ['Water filter for hikes', 39],
    ['Backpack, 45 liters', 139],
    ['Hiking poles, pair', 57],
    ['Tent pegs, light, 10 pieces', 15],
    ['Freeze-dried meal, pasta', 9],
  ],
  knitting: [
    ['Merino wool yarn, moss green', 11],
    ['Merino wool yarn, natural white', 11],
    ['Sock yarn, striped', 9],
    ['Circular knitting needles, 4 mm', 10],
    ['Double pointed needles for socks', 8],
    ['Stitch markers, 20 pieces', 4],
    ['Crochet hooks, set of eight', 19],
    ['Cotton yarn for crochet', 6],
    ['Wool wash for knitted things', 9],
    ['Book: sweaters knitted from the top', 25],
    ['Row counter for knitting', 5],
    ['Project bag for yarn and needles', 22],
  ],
  music: [
    ['Guitar strings, steel, light', 12],
    ['Guitar tuner, clip-on', 16],
    ['Guitar capo', 14],
    ['Picks for guitar, 12 pieces', 5],
    ['Padded gig bag for guitar', 49],
    ['Music stand, folding', 23],
    ['Guitar strap, leather', 27],
    ['Songbook: 100 songs for guitar', 20],
    ['Ukulele, soprano', 59],
    ['Ukulele strings, nylon', 8],
    ['Footstool for guitar players', 21],
    ['Polish for guitars', 10],
  ],
}
const categories = Object.keys(catalog)
const customers = 200
/** In seconds. */
const [start, day] = [Date.UTC(2025, 0, 1) / 1000, 86_400]

const { uniform, below, normal } = random(Number(process.argv[2] ?? 0))
const items = categories.flatMap((category) =>
  (catalog[category] ?? []).map(([title, price], place) => ({
    id: `${category}-${place + 1}`,
    title,
    category,
    price,
    // Log-normal: a few things are bought by many.
    popularity: Math.exp(0.8 * normal()),
  })),
)
type Item = (typeof items)[number]

/** One of these, by popularity. */
function draw(some: readonly Item[]): Item | undefined {
  let rest = uniform() * some.reduce((sum, { popularity }) => sum + popularity, 0)
  return some.find(({ popularity }) => (rest -= popularity) < 0)
}

/** What a customer buys: mostly things for the present hobby, which changes now and then, sometimes a gift for somebody else. */
function purchases(user: string): { user: string; item: string; time: number }[] {
  const bought = new Map<Item, number>()
  let hobby = categories[below(categories.length)]
  let time = start + below(200 * day)
  for (let left = 3 + below(7); left > 0; left--) {
    if (uniform() < 0.22) hobby = categories[below(categories.length)]
    const isGift = uniform() < 0.07
    const category = isGift ? categories[below(categories.length)] : hobby
    const item = draw(items.filter((one) => one.category === category && !bought.has(one)))
    if (item) bought.set(item, time)
    time += 3600 + below(20 * day)
  }
  return Array.from(bought, ([item, time]) => ({ user, item: item.id, time }))
}

const all = Array.from({ length: customers }, (_, place) => purchases(`c${place + 1}`)).flat()
const rows = all.toSorted((a, b) => a.time - b.time)
const quoted = (text: string): string => (text.includes(',') ? `"${text}"` : text)
const table = (lines: readonly string[]): string => `${lines.join('\n')}\n`
const place = new URL('../sample/', import.meta.url)
await writeFile(
  new URL('items.csv', place),
  table([
    'item,title,category,price',
    ...items.map(({ id, title, category, price }) => [id, quoted(title), category, price].join()),
  ]),
)
await writeFile(
  new URL('interactions.csv', place),
  table([
    'user,item,timestamp',
    ...rows.map(({ user, item, time }) => [user, item, new Date(time * 1000).toISOString().slice(0, 19) + 'Z'].join()),
  ]),
)
