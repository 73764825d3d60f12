import type { Checked, JsonObject, Run } from '@headstart/core'
import { counted, html, pageOf } from '@headstart/core/kit'
import { defaultThreshold, usuallyLongest } from './interactions.js'
import type { Shop } from './read-shop.js'

/** What can be the matter with a shop's data, in the order in which it is said, and how that is called. */
const titles = {
  'future-time': 'Events that lie ahead',
  'no-time': 'Nothing says what came first',
  'heavy-user': 'Users who took very much',
  'few-repeat-users': 'Users who took one thing alone',
  'dominant-item': 'Items that nearly everybody took',
  'same-title': 'Items of one title',
  'no-text': 'Items of which nothing is known but their id',
  'never-taken': 'Items that nobody took',
} as const
type ShopIssueKind = keyof typeof titles

/** One thing to look at. */
interface ShopIssue {
  readonly kind: ShopIssueKind
  /** Numbers of the items it is about, from 1, in the order of the catalog. */
  readonly rows: readonly number[]
  /** Of items their titles, of users their ids: the first ones. */
  readonly labels: readonly string[]
  /** From 0 to 1, 1 is worst: the share of items, users or events that it is about. */
  readonly score: number
  /** What it is and what to do, in a sentence or two. */
  readonly advice: string
}

/** Titles and ids that an issue names. */
const named = 5
/** A share of the users beyond which an item tells them no longer apart. */
const nearlyAll = 0.8

/**
 * What is odd about a shop's data, before anything is learned from them: of times, users and items.
 * @param now Milliseconds since 1970, after which nothing can have happened.
 */
export function checkShop(
  { name, catalog, interactions }: Shop,
  { signal }: Pick<Run, 'signal'>,
  now = Date.now(),
): Checked {
  const { items } = catalog
  const { user, item, time, clock, users } = interactions
  const events = user.length
  const issues: ShopIssue[] = []
  const say = (
    kind: ShopIssueKind,
    rows: readonly number[],
    labels: readonly string[],
    score: number,
    advice: string,
  ) => void issues.push({ kind, rows: rows.map((row) => row + 1), labels: labels.slice(0, named), score, advice })
  const titlesOf = (rows: readonly number[]): string[] =>
    rows.slice(0, named).map((row) => items[row]?.title ?? items[row]?.id ?? '')
  const itemsWhere = (fits: (row: number) => boolean): number[] => [...items.keys()].filter(fits)

  const threshold = defaultThreshold(interactions)
  const [takers, taken] = [items.map(() => new Set<number>()), users.map(() => new Set<number>())]
  for (let row = 0; row < events; row++) {
    if (row % 65_536 === 0) signal?.throwIfAborted()
    if ((interactions.value?.[row] ?? Infinity) < threshold) continue
    takers[item[row] as number]?.add(user[row] as number)
    taken[user[row] as number]?.add(item[row] as number)
  }
  if (clock === 'time') {
    const ahead = time.filter((seconds) => seconds * 1000 > now).length
    if (ahead > 0)
      say(
        'future-time',
        [],
        [],
        ahead / events,
        `${ahead} of ${events} events lie ahead of now: correct their times, or the unit of the column.`,
      )
  } else
    say(
      'no-time',
      [],
      [],
      1,
      'There are no times: the order of the file, or a running number, says what came first. Add a column timestamp, or see that the order is right.',
    )
  const heavy = [...users.keys()].filter((one) => (taken[one]?.size ?? 0) > usuallyLongest)
  if (heavy.length > 0)
    say(
      'heavy-user',
      [],
      heavy.map((one) => users[one] as string),
      heavy.length / users.length,
      `${counted(heavy.length, 'user')} took more than ${usuallyLongest} items each, as a bot or a shared account does: leave them out.`,
    )
  const once = taken.filter(({ size }) => size < 2).length
  if (once > users.length / 2)
    say(
      'few-repeat-users',
      [],
      [],
      once / users.length,
      `${once} of ${users.length} users took fewer than two different items, of which nothing goes with anything: add what they did before.`,
    )
  const dominant = users.length < 10 ? [] : itemsWhere((row) => (takers[row]?.size ?? 0) > nearlyAll * users.length)
  if (dominant.length > 0)
    say(
      'dominant-item',
      dominant,
      titlesOf(dominant),
      Math.max(...dominant.map((row) => (takers[row]?.size ?? 0) / users.length)),
      'Nearly everybody took them, as bags and vouchers are taken: leave out those that need no recommendation (--exclude).',
    )
  const byTitle = new Map<string, number[]>()
  for (const [row, { title = '' }] of items.entries()) {
    const spelled = title.trim().toLowerCase()
    const rows = byTitle.get(spelled)
    if (rows) rows.push(row)
    else byTitle.set(spelled, [row])
  }
  for (const [title, rows] of byTitle)
    if (title !== '' && rows.length > 1)
      say(
        'same-title',
        rows,
        titlesOf(rows),
        rows.length / items.length,
        `${rows.length} items are called the same: if they are one, give them one id.`,
      )
  const texts = catalog.texts()
  const silent = itemsWhere((row) => texts[row]?.trim() === '' && items[row]?.category === undefined)
  if (silent.length > 0)
    say(
      'no-text',
      silent,
      titlesOf(silent),
      silent.length / items.length,
      `Of ${silent.length} of ${items.length} items neither a title nor a text is known: until somebody takes them they are recommended to nobody.`,
    )
  const lonely = itemsWhere((row) => takers[row]?.size === 0)
  if (lonely.length > 0)
    say(
      'never-taken',
      lonely,
      titlesOf(lonely),
      lonely.length / items.length,
      `${lonely.length} of ${items.length} items were never taken: they are recommended by their texts alone.`,
    )

  const order = Object.keys(titles)
  issues.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.score - a.score)
  const found = issues.length === 0 ? 'nothing to look at' : `${issues.length} to look at`
  const summary = `${counted(items.length, 'item')}, ${counted(users.length, 'user')}, ${counted(events, 'event')}: ${found}.`
  const lines = ({ kind, labels, advice }: ShopIssue): string[] => [
    '',
    `${titles[kind]}${labels.length > 0 ? `: ${labels.join(', ')}` : ''}`,
    advice,
  ]
  const json = { kind: 'shop', items: items.length, users: users.length, events, issues, notes: [] as string[] }
  return {
    json: json as unknown as JsonObject,
    text: () => [summary, ...issues.flatMap(lines)].join('\n'),
    page: async () =>
      pageOf(
        `Check of ${name}`,
        html`<h1>Check of ${name}</h1>
          <p>${summary}</p>
          ${issues.map(
            ({ kind, labels, advice }) =>
              html`<h2>${titles[kind]}</h2>
                ${labels.length > 0 ? html`<p>${labels.join(', ')}</p>` : undefined}
                <p>${advice}</p>`,
          )}`,
      ),
    suspects: () =>
      issues.flatMap(({ kind, rows, score, advice }) =>
        rows.map((row) => ({ row, kind, item: items[row - 1]?.id ?? '', score: Number(score.toFixed(4)), advice })),
      ),
  }
}
