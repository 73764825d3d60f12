import type { Example, Project, Run } from '../src/api/types.js'
import type { Pretended } from './pretend-studio.js'

/** Texts with labels, a model and all that is said of it. Numbers are made up, so that every part of the page has something to show. */
export function pretendedTexts(size = 120, unlabeled = 24): Pretended {
  const labels = ['delivery', 'refund', 'praise', 'account']
  const texts = [
    'Where is my parcel? It was to come on Monday.',
    'I want my money back, the shoes do not fit.',
    'Lovely shop, thank you for the quick help!',
    'I cannot log in any more, the code never comes.',
  ]
  const examples = Array.from({ length: size }, (_, place): Example => {
    const label = place < size - unlabeled ? (labels[place % 4] ?? null) : null
    return { id: `e${place}`, label, shown: { type: 'text', text: `${texts[place % 4]} (${place + 1})` } }
  })
  return pretended(examples, labels, 'text', 'text')
}

export function pretendedPictures(size = 60): Pretended {
  const labels = ['cup', 'plant', 'shoe']
  const examples = Array.from({ length: size }, (_, place): Example => {
    const label = place % 5 === 4 ? null : (labels[place % 3] ?? null)
    return { id: `p${place}`, label, shown: { type: 'picture', name: `${label ?? 'new'}/IMG_${1000 + place}.jpg` } }
  })
  return pretended(examples, labels, 'picture', 'image')
}

export function pretendedShop(size = 80): Pretended {
  const titles = ['Tea pot', 'Bread knife', 'Linen apron', 'Garden gloves', 'Oak board', 'Coffee grinder']
  const examples = Array.from({ length: size }, (_, place): Example => {
    const title = `${titles[place % 6]} no. ${place + 1}`
    return {
      id: `i${place}`,
      label: null,
      shown: { type: 'card', title, details: { category: 'Kitchen', price: `${9 + place} €` } },
    }
  })
  const held = pretended(examples, [], 'card', 'recommend')
  return { ...held, project: { ...held.project, counts: { total: size, labeled: 412, unlabeled: 0 } } }
}

/** Texts that are written to texts: labels that are no classes. */
export function pretendedPairs(size = 60): Pretended {
  const written = ['Die Datei öffnen', 'Alles speichern', 'Seite {n} von {all} drucken', 'Zuletzt geöffnet']
  const texts = ['Open the file', 'Save all', 'Print page {n} of {all}', 'Recently opened']
  const examples = Array.from({ length: size }, (_, place): Example => {
    const label = place % 5 === 4 ? null : `${written[place % 4]} (${place + 1})`
    return { id: `t${place}`, label, shown: { type: 'text', text: `${texts[place % 4]} (${place + 1})` } }
  })
  const held = pretended(examples, [], 'text', 'translate')
  return {
    ...held,
    confusion: null,
    limits: null,
    curve: null,
    check: null,
    misses: missesAmong(examples),
    guess: 'Die Datei öffnen',
    project: {
      ...held.project,
      kind: 'text',
      labelName: 'translation',
      has: { check: false, curve: false, map: false, replies: false },
      model: held.project.model && { ...held.project.model, explains: false },
    },
  }
}

/** Texts with several labels each. */
export function pretendedSeveral(): Pretended {
  const held = pretendedTexts()
  const examples = held.examples.map((one, place) =>
    one.label && place % 3 === 0 ? { ...one, label: 'refund|account' } : one,
  )
  return {
    ...held,
    examples,
    confusion: null,
    limits: null,
    misses: missesAmong(examples),
    project: { ...held.project, kind: 'multi-label' },
  }
}

/** Pictures with several labels each. */
export function pretendedSeveralPictures(): Pretended {
  const held = pretendedPictures()
  const examples = held.examples.map((one, place) =>
    one.label && place % 4 === 0 ? { ...one, label: 'cup|plant' } : one,
  )
  const project: Project = { ...held.project, kind: 'multi-label' }
  return { ...held, examples, confusion: null, limits: null, misses: missesAmong(examples), project }
}

/** A bot, whose answers are written beside its examples. */
export function pretendedBot(): Pretended {
  const held = pretendedTexts()
  const said = held.project.labels.slice(0, 3).map(({ name }) => ({ label: name, texts: [`What is said to ${name}.`] }))
  const has = { ...held.project.has, replies: true }
  return { ...held, replies: said, project: { ...held.project, task: 'chat', converses: true, has } }
}

function missesAmong(examples: readonly Example[]): Pretended['misses'] {
  const some = examples.filter(({ label }) => label !== null).slice(0, 12)
  const worst = some.map(({ id, label }, place) => ({ id, given: label as string, answered: 'refund', score: place }))
  return { run: 'r2', examples: 30, worst }
}

/** A folder in which nothing is yet. */
export function pretendedNothing(): Pretended {
  const held = pretended([], [], 'text', 'text')
  return {
    ...held,
    runs: [],
    project: {
      ...held.project,
      task: null,
      brings: null,
      files: null,
      model: null,
      undo: null,
      found: [{ task: 'text', data: 'reviews.csv', fit: 1, kinds: ['classification'] }],
    },
  }
}

/** Points in groups around as many centers as there are labels. */
function pointsOf(examples: readonly Example[], labels: readonly string[], components = 8) {
  const noise = sequence(7)
  const centers = labels.map((_, place) =>
    Array.from({ length: components }, (_, i) => (i === place % components ? 3 : 0)),
  )
  const rows = examples.map((_, place) => {
    const center = centers[place % Math.max(1, labels.length)] ?? []
    return Array.from({ length: components }, (_, i) => (center[i] ?? 0) + (noise() + noise() + noise() - 1.5) * 1.6)
  })
  return { rows, components: Float32Array.from(rows.flat()) }
}

function pretended(
  examples: Example[],
  labels: readonly string[],
  brings: 'text' | 'picture' | 'card',
  task: string,
): Pretended {
  const { rows, components } = pointsOf(examples, labels)
  const labeled = examples.filter(({ label }) => label !== null)
  const noise = sequence(3)
  const cells = new Map<string, { given: string; predicted: string; ids: string[] }>()
  for (const { id, label } of labeled) {
    const given = label as string
    const predicted = noise() < 0.8 ? given : (labels[Math.floor(noise() * labels.length)] as string)
    const key = `${given}|${predicted}`
    const cell = cells.get(key) ?? { given, predicted, ids: [] }
    cell.ids.push(id)
    cells.set(key, cell)
  }
  const thresholds = Array.from({ length: 100 }, (_, place) => place / 100)
  const method = (name: string, value: number, seconds: number, description: string): Run['methods'][number] => ({
    name,
    description,
    seconds,
    failed: null,
    score: {
      measure: brings === 'card' ? 'NDCG@10' : 'accuracy',
      value,
      interval: [value - 0.05, value + 0.04],
      examples: labeled.length,
    },
  })
  const methods = [
    method('frozen', 0.842, 1.9, 'a head on the network, which stays as it is'),
    method('fine-tuned', 0.871, 74, 'the network learns along'),
    method('scratch', 0.512, 61, 'the same network, not pre-trained'),
  ]
  const run = (id: string, at: string, changed: string[]): Run => ({
    id,
    at,
    kept: 'frozen',
    network: brings === 'card' ? null : 'universal-sentence-encoder-lite',
    methods,
    verdict: [
      'What the network knew beforehand helped for certain: frozen is 33 points (24 to 41) better than scratch.',
      'Fine-tuning made no certain difference: 2.9 points (-1.4 to 7.1).',
    ],
    counts: { delivery: 24 },
    changed,
    seconds: 138,
  })
  const project: Project = {
    folder: '/home/ada/letters to the shop',
    task,
    brings,
    converses: false,
    has: { check: true, curve: brings !== 'card', map: brings !== 'card', replies: false },
    labelName: 'label',
    kind: brings === 'card' ? null : 'classification',
    revision: 1,
    files: { data: 'data.csv', unlabeled: 'unlabeled.csv', model: 'model' },
    labels: labels.map((name) => ({ name, count: examples.filter(({ label }) => label === name).length })),
    counts: { total: examples.length, labeled: labeled.length, unlabeled: examples.length - labeled.length },
    undo: 'one label given',
    redo: null,
    methods: [
      {
        name: 'frozen',
        description: 'a head on the network, which stays as it is',
        takes: 'seconds',
        usual: true,
        keeps: true,
      },
      { name: 'fine-tuned', description: 'the network learns along', takes: 'minutes', usual: false, keeps: true },
      {
        name: 'scratch',
        description: 'the same network, not pre-trained',
        takes: 'minutes',
        usual: false,
        keeps: true,
      },
    ],
    networks:
      brings === 'card'
        ? []
        : [
            { id: 'universal-sentence-encoder-lite', description: 'short English texts.', fetched: null },
            { id: 'Xenova/all-MiniLM-L6-v2', description: 'English sentences.', fetched: 22_700_000 },
          ],
    model: {
      run: 'r2',
      text: 'Universal Sentence Encoder, a linear head on 512 features',
      labels: [...labels],
      score: methods[0]?.score ?? null,
      stale: true,
      explains: true,
    },
    job: null,
    notices: [],
    writable: true,
    kinds: [
      {
        task: 'text',
        description: 'texts in classes',
        brings: 'text',
        kinds: ['classification', 'multi-label', 'regression'],
        sample: true,
      },
      {
        task: 'image',
        description: 'pictures in classes',
        brings: 'picture',
        kinds: ['classification'],
        sample: false,
      },
      {
        task: 'recommend',
        description: 'what goes with what in a shop',
        brings: 'card',
        kinds: ['classification'],
        sample: true,
      },
    ],
    found: [],
  }
  return {
    project,
    examples,
    confusion: brings === 'card' ? null : { run: 'r2', labels: [...labels], cells: [...cells.values()] },
    limits: {
      run: 'r2',
      confidence: {
        threshold: thresholds,
        refused: thresholds.map((t) => Math.max(0, t - 0.3) ** 1.6),
        risk: thresholds.map((t) => 0.16 * (1 - t)),
      },
      calibration: {
        said: [0.35, 0.55, 0.72, 0.86, 0.95],
        right: [0.4, 0.5, 0.7, 0.84, 0.97],
        count: [5, 12, 20, 28, 31],
        error: 0.03,
      },
      detection: null,
      familiarity: {
        threshold: thresholds.map((t) => 0.2 + t * 0.6),
        refused: thresholds.map((t) => t ** 2),
        errorsSaved: thresholds.map((t) => t),
        usual: 0.31,
      },
    },
    curve: {
      stale: false,
      measure: 'accuracy',
      points: [10, 20, 40, 70, 96].map((examples) => {
        const score = 0.9 - 1 / Math.sqrt(examples)
        const interval: [number, number] | null = examples < 70 ? null : [score - 0.06, score + 0.05]
        return { examples, score, interval }
      }),
      text: 'About 60 labels more for two points.',
    },
    check: {
      stale: false,
      summary: `${examples.length} examples, 3 things to look at.`,
      issues: [
        {
          kind: 'near-duplicate',
          title: 'Two examples say nearly the same',
          ids: ['e1', 'e5'],
          labels: [],
          score: 0.7,
          advice: 'Keep one of them, or they are measured on what was learned.',
        },
        {
          kind: 'small-class',
          title: '"account" has few examples',
          ids: [],
          labels: ['account'],
          score: 0.4,
          advice: 'Ten of each label are a good beginning.',
        },
      ],
      suspects: labeled.slice(0, 3).map(({ id, label }) => ({
        id,
        given: label as string,
        likely: labels.find((other) => other !== label) ?? 'a',
        score: 0.9,
      })),
      notes: [],
    },
    runs: [
      run('r2', new Date(Date.now() - 240_000).toISOString(), ['12 examples more of refund.']),
      run('r1', '2026-11-30T10:00:00Z', []),
    ],
    map: {
      revision: 1,
      ids: examples.map(({ id }) => id),
      label: examples.map(({ label }) => (label === null ? -1 : labels.indexOf(label))),
      labels: [...labels],
      x: rows.map((row) => (row[0] ?? 0) / 5),
      y: rows.map((row) => (row[1] ?? 0) / 5),
      components: rows[0]?.length ?? 0,
    },
    components,
    misses: null,
    replies: [],
    guess: undefined,
    confirmed: [],
    brought: [],
  }
}

/** Numbers between 0 and 1 without an order, always the same. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
}
