import { OptionError, textTable } from '@headstart/core'
import type { ColumnNames, RankingReport, RecommenderMethod, RecommenderMethodName, Shop } from '@headstart/recommender'
import type { Command } from 'commander'
import { type Console, openConsole, print } from './console.js'
import { methodsAmong } from './method-names.js'

/** The value of `--task` for a shop's recommendations. */
export const recommendTask = 'recommend'

/** What it chooses from, in the order of `compare`. */
export const recommenderNames = [
  'popularity',
  'item-knn',
  'ease',
  'ease-text',
  'als',
  'scratch',
  'frozen',
  'fine-tuned',
] as const satisfies readonly RecommenderMethodName[]

/** What the folder of a recommender says that it is. */
export const recommenderFormat = 'headstart-recommender'

// Imported when it is needed: who classifies texts does not wait for it.
export const recommenderPackage = () => import('@headstart/recommender')

/** Flags that the commands share for a shop. */
interface ShopFlags {
  readonly column?: ColumnNames
  readonly json?: boolean
}

interface MethodFlags extends ShopFlags {
  readonly methods?: readonly string[]
  readonly repeats?: boolean
}

interface TrainFlags extends MethodFlags {
  readonly out: string
  readonly seed: number
}

/** `headstart train DATA --task recommend`: chooses a method on validation data, fits it to all data, saves the model. */
export async function trainShopCommand(
  data: string | undefined,
  options: TrainFlags,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    refuseOtherFlags(command, ['out', 'seed', 'methods', 'repeats'])
    const methods = await methodsOf(options)
    const { trainRecommender, describeSettings } = await recommenderPackage()
    const shop = await read(data, options, screen)
    const started = performance.now()
    const model = await trainRecommender(shop, { ...screen, methods, seed: options.seed, repeats: options.repeats })
    const seconds = (performance.now() - started) / 1000
    await model.save(options.out, { signal })
    screen.end()
    const { recipe, training, validation } = model
    const result = {
      task: recommendTask,
      model: options.out,
      method: recipe.method,
      settings: recipe.settings,
      users: training.users,
      items: training.items,
      interactions: training.interactions,
      seed: recipe.seed,
      repeats: recipe.repeats,
      seconds,
      validation: validation.map(({ method, settings, ndcg }) => ({ method, settings, 'ndcg@10': ndcg })),
    }
    print(options.json, result, () =>
      [
        `Learned from ${training.interactions} interactions of ${training.users} users with ${training.items} items in ${seconds.toFixed(1)} s.`,
        '',
        textTable([
          ['method', 'NDCG@10', 'settings'],
          ...validation.map(({ method, settings, ndcg }) => [
            method,
            ndcg?.toFixed(4) ?? '',
            describeSettings(settings),
          ]),
        ]),
        `On validation data, the interaction before the last of each user; ${recipe.method} is taken.`,
        '',
        `Saved in ${options.out}`,
        `Try: headstart recommend ${options.out} --history ID,ID --explain`,
      ].join('\n'),
    )
  } finally {
    screen.end()
  }
}

/** `headstart evaluate MODEL DATA` for a recommender: it is asked for the last item of each user. */
export async function evaluateShopCommand(
  folder: string,
  data: string,
  options: ShopFlags,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    refuseOtherFlags(command, [])
    const { evaluateRecommender, loadRecommender } = await recommenderPackage()
    const model = await loadRecommender(folder)
    const report = await evaluateRecommender(model, await read(data, options, screen), screen)
    screen.end()
    const { hitRate, ndcg, mrr, intervals, coldItems } = report
    const result = {
      task: recommendTask,
      method: model.recipe.method,
      users: report.cases,
      'hr@10': hitRate,
      'ndcg@10': ndcg,
      mrr,
      'coverage@10': report.coverage,
      popularityBias: report.popularityBias,
      'coldNdcg@10': coldItems?.amongThemselves.ndcg ?? null,
      intervals: { 'hr@10': intervals.hitRate, 'ndcg@10': intervals.ndcg, mrr: intervals.mrr },
    }
    print(options.json, result, () => describeReport(report, result.method, model.recipe.repeats))
  } finally {
    screen.end()
  }
}

/** `headstart compare DATA --task recommend`: every method on the last item of each user. */
export async function compareShopCommand(
  data: string,
  options: MethodFlags,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const screen = openConsole(signal)
  try {
    refuseOtherFlags(command, ['methods', 'repeats'])
    const methods = await methodsOf(options)
    const { compareRecommenders, formatRecommenderComparison } = await recommenderPackage()
    const comparison = await compareRecommenders(await read(data, options, screen), {
      ...screen,
      methods,
      repeats: options.repeats,
    })
    screen.end()
    print(options.json, comparison, () => formatRecommenderComparison(comparison))
  } finally {
    screen.end()
  }
}

async function read(data: string | undefined, { column }: ShopFlags, { onEvent, signal }: Console): Promise<Shop> {
  if (data === undefined)
    throw new OptionError(
      'headstart train',
      'DATA, a folder with interactions.csv and items.csv',
      'none',
      'Give its path.',
    )
  const { readShop } = await recommenderPackage()
  return readShop(data, { columns: column, signal, onNotice: (message) => onEvent({ type: 'notice', message }) })
}

async function methodsOf({ methods }: MethodFlags): Promise<RecommenderMethod[]> {
  const wanted = new Set<RecommenderMethodName>(methodsAmong(recommenderNames, methods))
  const { recommenderMethods } = await recommenderPackage()
  return recommenderMethods.filter(({ name }) => wanted.has(name))
}

/** What only concerns labeled examples is not passed over in silence. */
function refuseOtherFlags(command: Command, own: readonly string[]): void {
  const known = new Set(['task', 'column', 'json', 'cache', ...own])
  const other = command.options.find(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli' && !known.has(option.attributeName()),
  )
  if (!other) return
  throw new OptionError(
    `option ${other.long ?? other.flags}`,
    'a task of labeled examples',
    `--task ${recommendTask}`,
    'Leave it out.',
  )
}

function describeReport(report: RankingReport, method: string, repeats: boolean): string {
  const { intervals, coldItems } = report
  const range = (figure: keyof typeof intervals): string => intervals[figure].map((end) => end.toFixed(4)).join(' to ')
  return [
    textTable([
      [`${report.cases} users`, method, '95 % interval'],
      ['HR@10', report.hitRate.toFixed(4), range('hitRate')],
      ['NDCG@10', report.ndcg.toFixed(4), range('ndcg')],
      ['MRR', report.mrr.toFixed(4), range('mrr')],
      ['coverage', report.coverage.toFixed(4), ''],
      ['popularity bias', report.popularityBias.toFixed(4), ''],
      ...(coldItems ? [['cold items, NDCG@10', coldItems.amongThemselves.ndcg.toFixed(4), '']] : []),
    ]),
    `The last item of each user is asked for, the whole catalog ranked ${repeats ? 'with' : 'without'} what the user has.`,
  ].join('\n')
}
