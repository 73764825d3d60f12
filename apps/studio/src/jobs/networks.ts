import { OptionError } from '@headstart/core/kit'
import type { Network } from '../api/project.js'
import type { Opened } from '../project/project.js'

type Beginning = Pick<Opened, 'task' | 'maker' | 'network'>

/** The networks that a project can begin with: first the one that was named when the studio was opened. */
export function networksOf({ task, maker, network }: Beginning): Network[] {
  const listed = (maker.networks ?? task.networks?.listed ?? []).map(
    ({ id, description, license, parameters = null }) => {
      return { id, description: `${description} (license: ${license}).`, fetched: parameters }
    },
  )
  if (network === undefined || listed.some(({ id }) => id === network)) return listed
  return [{ id: network, description: 'Named when the studio was opened.', fetched: null }, ...listed]
}

/**
 * The network as an option of a task: the one that is asked for, else the one that was named when the studio was opened, else that of
 * the last training, else the usual one.
 * @throws OptionError for one that is not listed: no request names a folder that is read.
 */
export function networkOf(opened: Beginning & Pick<Opened, 'history'>, asked?: string): { readonly backbone?: string } {
  const known = networksOf(opened).map(({ id }) => id)
  if (asked !== undefined && !known.includes(asked))
    throw new OptionError('network', `one of ${known.join(', ') || 'none'}`, `"${asked}"`, 'Choose another one.')
  const last = opened.history.runs[0]?.network
  const id = asked ?? opened.network ?? known.find((one) => one === last) ?? known[0]
  return id === undefined ? {} : { backbone: id }
}
