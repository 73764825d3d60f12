import { OptionError } from '@headstart/core/kit'
import type { Network } from '../api/project.js'
import type { Opened } from '../project/project.js'

/** The networks that a project can begin with. */
export function networksOf({ task }: Pick<Opened, 'task'>): Network[] {
  return (task.networks?.listed ?? []).map(({ id, description, license, parameters = null }) => {
    return { id, description: `${description} (license: ${license}).`, fetched: parameters }
  })
}

/**
 * The network as an option of a task: the one that is asked for, else that of the last training, else the usual one.
 * @throws OptionError for one that is not listed: no request names a folder that is read.
 */
export function networkOf(opened: Pick<Opened, 'task' | 'history'>, asked?: string): { readonly backbone?: string } {
  const known = networksOf(opened).map(({ id }) => id)
  if (asked !== undefined && !known.includes(asked))
    throw new OptionError('network', `one of ${known.join(', ') || 'none'}`, `"${asked}"`, 'Choose another one.')
  const last = opened.history.runs[0]?.network
  const id = asked ?? known.find((one) => one === last) ?? known[0]
  return id === undefined ? {} : { backbone: id }
}
