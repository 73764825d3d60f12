import { existsSync } from 'node:fs'
import { InputError, OptionError } from '../contract/errors.js'
import type { Run } from '../contract/run.js'
import type { Task } from '../contract/task.js'

/**
 * All queries that lie in a place, without those that cannot be read, which are said.
 * @throws OptionError where there are none.
 */
export async function queriesIn<Query>(
  { queries, name }: Pick<Task<never, Query, unknown>, 'queries' | 'name'>,
  path: string,
  options: object,
  run: Run,
): Promise<Query[]> {
  if (!queries || !(await queries.holds(path))) {
    const got = queries ? (existsSync(path) ? 'something else' : 'no such file or folder') : `inputs for ${name}`
    throw new OptionError(path, 'a file or folder of inputs', got, 'Check the path.')
  }
  const found: Query[] = []
  for await (const { query } of await queries.run(path, options, run)) {
    if (query instanceof InputError) run.onEvent?.({ type: 'notice', message: query.message })
    else found.push(query)
  }
  if (found.length === 0) throw new OptionError(path, 'inputs', 'none that can be read', 'Check the file.')
  return found
}
