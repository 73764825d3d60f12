/** What goes together: learned from lists of npm packages or from a shop, asked for a project or on a page. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { effectOf, OptionError } from '@headstart/core/kit'
import {
  type Comparison,
  compare,
  HeadstartError,
  idsIn,
  lastItem,
  readShop,
  recommenderLearners,
  type RecommenderModel,
  recommenderMethods,
  type Shop,
  type Shown,
  startRun,
  type TrainEvent,
  trainRecommender,
} from '@headstart/recommender'
import { positives } from '@headstart/recommender/kit'
import pc from 'picocolors'
import { baskets } from './baskets.js'
import { wordingOf } from './page.js'
import { pageApp, servePage, titleOf } from './page-server.js'
import { readProject } from './read-project.js'

const usage = `Usage: main.js [--project PACKAGE.JSON | --data FOLDER] [--history ID,ID,...]... [--serve [--port NUMBER]] [--seed NUMBER]
  --project  a package.json: which packages would go with those it lists (default: this app's own)
  --data     a shop: a folder with interactions.csv and items.csv, in the place of the built-in lists of npm packages
  --history  whom to recommend for, by what they have: ids of items as a line of CSV, the latest last; can be repeated
  --serve    shows a page, on this machine alone, on which a history can be clicked together
  --port     of the page (default: any that is free)
  --seed     of what is drawn by lot (default: 0)`

/** Whom to recommend for. */
interface Somebody {
  readonly name: string
  /** Ids of items, the latest last. */
  readonly history: readonly string[]
}

const title = (line: string): void => console.log(`\n${pc.bold(line)}`)
const onNotice = (message: string): void => console.error(`${pc.yellow('note:')} ${message}`)
const onEvent = (event: TrainEvent): void => {
  if (event.type === 'notice') onNotice(event.message)
}

const options = {
  project: { type: 'string' },
  data: { type: 'string' },
  history: { type: 'string', multiple: true },
  serve: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  seed: { type: 'string', default: '0' },
} as const
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

type Learners = readonly (typeof recommenderLearners)[number][]

/**
 * The app, from its arguments to its exit code.
 * @param learners What it sets side by side.
 */
export async function app(args: readonly string[], learners: Learners = recommenderLearners): Promise<0 | 2> {
  try {
    await answer(parseArgs({ args: [...args], options }).values, learners)
    return 0
  } catch (error) {
    const isUsage = (Object(error) as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') ?? false
    if (!isUsage && !(error instanceof HeadstartError)) throw error
    console.error(`${(error as Error).message}${isUsage ? `\n${usage}` : ''}`)
    return 2
  }
}

async function answer({ project, data, history, serve, ...numbers }: Values, learners: Learners): Promise<void> {
  if (project !== undefined && data !== undefined) {
    throw new OptionError(
      'option "project"',
      'npm packages to learn from',
      `the shop ${data}`,
      'Give --history with --data.',
    )
  }
  const port = wholeNumber('port', numbers.port, 65_535)
  const seed = wholeNumber('seed', numbers.seed, 2 ** 32 - 1)
  const ofProject = history === undefined ? await projectOf(project, data) : undefined
  console.log(pc.bold('What goes together?'))
  const shop = data === undefined ? await baskets(seed) : await readShop(data, { onNotice })
  if (data === undefined) {
    console.log(
      `Learned from what ${shop.interactions.users.length} npm packages depend on and are developed with: ${shop.catalog.size} packages, ${shop.interactions.item.length} times.`,
    )
  }
  const somebody =
    history === undefined
      ? ofProject
      : { name: '--history', history: history.flatMap((value) => idsIn(value, shop.catalog, '--history')) }
  if (serve) {
    console.log('Training ...')
    return showPage(await trainRecommender(shop, { seed, onEvent }), data === undefined, port)
  }

  const plan = { data: { shop }, learners, protocol: lastItem }
  const comparison = await compare(plan, startRun({ seed, onEvent }))
  title('One item of each list is left out, and looked for with the help of the others')
  printComparison(comparison, data === undefined)
  const methods = recommenderMethods.filter(({ name }) => name === comparison.json['chosen'])
  await printList(await trainRecommender(shop, { methods, seed }), somebody ?? someUser(shop))
  const program = relative(process.cwd(), fileURLToPath(new URL('main.js', import.meta.url)))
  console.log(`To click a list together on a page, add --serve: node ${program} --serve`)
}

/** By default what this app itself lists, which is not among what is learned from; nobody yet where a shop has users of its own. */
async function projectOf(project: string | undefined, data: string | undefined): Promise<Somebody | undefined> {
  if (data !== undefined) return undefined
  const path = project ?? fileURLToPath(new URL('../package.json', import.meta.url))
  return { name: project ?? 'this app itself', history: await readProject(path) }
}

/** The user with the longest history: there is most to see. */
function someUser({ interactions, catalog }: Shop): Somebody {
  const histories = positives(interactions, catalog.size)
  const places = Array.from({ length: histories.length }, (_, place) => place)
  const place = places.reduce((longest, other) =>
    histories.lengthOf(other) > histories.lengthOf(longest) ? other : longest,
  )
  return {
    name: `the user ${interactions.users[histories.users[place] as number]}`,
    history: Array.from(histories.at(place).items, (item) => catalog.items[item]?.id ?? ''),
  }
}

function printComparison(comparison: Comparison & Shown, isBuiltIn: boolean): void {
  console.log(comparison.text())
  if (!isBuiltIn) return
  console.log(
    'A list has no order in time: the item that is left out, "the last", is drawn by lot. So this measures how well a list is',
  )
  console.log('completed, not what somebody does next.')
  const transfer = comparison.differences.find(({ what }) => what === 'transfer')
  if (transfer && effectOf(transfer) !== 'helped')
    console.log('Where transfer does not help: in these lists, which say nearly all that there is to know themselves.')
}

async function printList(model: RecommenderModel, { name, history }: Somebody): Promise<void> {
  title(`What would go with the list of ${name}`)
  const list = await model.recommend(history, { explain: true, onNotice })
  const known = history.flatMap((id) => {
    const item = model.catalog.items[model.catalog.numberOf(id) ?? -1]
    return item ? titleOf(item) : []
  })
  const most = 12
  if (known.length === 0) console.log('Nothing of it is known here, so this is what most have.')
  else
    console.log(
      `It has ${known.slice(-most).join(', ')}${known.length > most ? ` and ${known.length - most} more` : ''}.`,
    )
  const width = Math.max(...list.map(({ item }) => titleOf(item).length))
  for (const [place, { item, because }] of list.entries()) {
    const reason = because.length === 0 ? 'popular' : `because of ${because.map((one) => titleOf(one.item)).join(', ')}`
    console.log(`${String(place + 1).padStart(2)}. ${titleOf(item).padEnd(width)}  ${reason}`)
  }
  if (known.length > 0)
    console.log('Because of: without it in the list the item scores lower, as was tried; what counts most comes first.')
}

async function showPage(model: RecommenderModel, isBuiltIn: boolean, port: number): Promise<void> {
  const { address } = await servePage(await pageApp(model, wordingOf(model.training, isBuiltIn)), port)
  console.log(`${model.recipe.method} does best on validation data. Page: ${address} (Ctrl+C ends it)`)
}

function wholeNumber(option: string, text: string, largest: number): number {
  if (/^\d+$/.test(text) && Number(text) <= largest) return Number(text)
  throw new OptionError(
    `option "${option}"`,
    `a whole number from 0 to ${largest}`,
    JSON.stringify(text),
    'Leave it out for the default.',
  )
}
