import { type Task } from '@headstart/core'
import { OptionError, step } from '@headstart/core/kit'
import { z } from 'zod'
import { shopBench } from './bench/shop-bench.js'
import { bestOf } from './learners/best-of.js'
import { lastItem } from './learners/last-item.js'
import { recommenderLearners, sessionLearners } from './learners/recommender-learners.js'
import { recommenderMethods } from './methods/recommender-methods.js'
import { sessionMethods } from './methods/baseline-methods.js'
import { untrainedMethod } from './methods/behavior-methods.js'
import type { ShopData } from './methods/shop-data.js'
import { asking } from './model/asking.js'
import { recommenderLoader } from './model/recommender-loader.js'
import { type RecommendAnswer, type RecommendQuery, recommendQuery } from './model/recommend-query.js'
import { madeUpShop } from './sample.js'
import { checkShop } from './shop/check-shop.js'
import { usuallyLongest } from './shop/interactions.js'
import { readShop } from './shop/read-shop.js'
import { holdsUsers, readUsers } from './shop/read-users.js'
import { columnRoles } from './shop/shop-columns.js'
import { splits } from './shop/split-histories.js'

const whole = { error: 'expected a whole number from 2 on' }

const reading = z.object({
  column: z
    .partialRecord(z.enum(columnRoles), z.string(), {
      error: `expected one of ${columnRoles.join(', ')}, with the name of a column`,
    })
    .optional()
    .describe('names of columns that are not the usual ones: user=who'),
  repeats: z
    .boolean()
    .default(false)
    .describe('things are taken again, as groceries are: learn from each time, and rank what a user has with the rest'),
  weight: z
    .record(z.string(), z.coerce.number({ error: 'expected a number for each kind of event' }))
    .optional()
    .describe('what kinds of events weigh, where there is a column event: view=1; below 0 they are dislikes'),
  exclude: z
    .array(z.string())
    .optional()
    .describe('ids of items that are left out of the data, such as bags and vouchers'),
  split: z
    .enum(splits)
    .optional()
    .describe(
      'what is asked for, to choose by and to measure on: the last item of each user, or what each took first after one moment (default: last)',
    ),
  threshold: z.number().optional().describe('the least rating or quantity that counts as liked'),
  minimum: z
    .int(whole)
    .min(2, whole)
    .optional()
    .describe('users with fewer positives are not asked about (default: 5; 3 or 2 where few have more)'),
  longestHistory: z
    .int(whole)
    .min(2, whole)
    .optional()
    .describe(`of users who took more, so many of the latest things count (default: ${usuallyLongest})`),
})

const learners = [...recommenderLearners, ...sessionLearners]
const names = learners.map(({ name }) => name)
const choosing = (what: string) =>
  z.object({
    methods: z
      .array(z.enum(names))
      .min(1)
      .optional()
      .describe(`${what}: any of ${names.join(', ')}`),
  })

const keeping = {
  keep: z
    .boolean()
    .default(false)
    .describe(
      'keep with the model what users did, by hashes of their ids: it can then learn what they do next (extend)',
    ),
}

/** How the users of a table are read. */
const ofUsers = z.object({
  ...reading.pick({ column: true, weight: true, threshold: true }).shape,
  ...recommendQuery.pick({ exclude: true }).shape,
})

/** Recommendations from what the users of a shop did, and what its items are called. */
export const recommendTask: Task<ShopData, RecommendQuery, RecommendAnswer> = {
  name: 'recommend',
  dataHelp:
    'a table of what users took, such as the orders that a shop exports (columns user, item; where known timestamp, and rating or quantity), or a folder with such interactions and items (item, title, other texts, price, category), each as .csv, .tsv, .jsonl or .parquet, packed as .gz or not',
  verb: 'recommend',
  example: '--history ID,ID --explain',
  query: recommendQuery,
  asking,
  queries: {
    holds: holdsUsers,
    flag: 'users',
    ...step(ofUsers, async (path: string, { column, weight, threshold, exclude }, { onEvent, signal }) =>
      readUsers(path, {
        columns: column,
        weights: weight,
        threshold,
        exclude,
        signal,
        onNotice: (message) => onEvent?.({ type: 'notice', message }),
      }),
    ),
  },
  read: step(
    reading,
    async (path: string | undefined, { column, weight, exclude, ...view }, { onEvent, signal }): Promise<ShopData> => {
      if (path === undefined) {
        const expected = 'DATA, a folder with interactions.csv and items.csv, or a table of orders'
        throw new OptionError('task recommend', expected, 'none', 'Give its path.')
      }
      const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
      return { shop: await readShop(path, { columns: column, weights: weight, exclude, signal, onNotice }), ...view }
    },
  ),
  train: step(choosing('what to choose from').extend(keeping), async (_: ShopData, { methods, keep }) => {
    const all = [...recommenderMethods, untrainedMethod(), ...sessionMethods]
    return bestOf(methods && all.filter(({ name }) => methods.includes(name)), { keep })
  }),
  compare: step(choosing('what to set side by side'), async (data: ShopData, { methods }) => ({
    data,
    learners: methods ? learners.filter(({ name }) => methods.includes(name)) : recommenderLearners,
    protocol: lastItem,
  })),
  check: step(reading.pick({ column: true, weight: true, exclude: true }), async (path: string, options, run) =>
    checkShop((await recommendTask.read.run(path, options, run)).shop, run),
  ),
  ...recommenderLoader,
  sample: madeUpShop,
  bench: shopBench((path, run) => recommendTask.read.run(path, {}, run)),
}
