import { existsSync } from 'node:fs'
import { type ListedNetwork, type Networks, type RunOptions, type TunableBackbone } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import type { FetchOptions } from './fetch-model.js'

/** Options with which a published network is opened. */
export type OpenOptions = Pick<FetchOptions, 'signal' | 'onNotice' | 'onProgress'> & { readonly forTuning: boolean }

/** A network that comes with a package. */
export type BuiltInNetwork<Backbone> = ListedNetwork & { open(): Promise<Backbone> }

/** What `publishedNetworks` is made of. */
export interface PublishedNetworksParts<Backbone> {
  /** One that is built in, the default, or several, the default first. */
  readonly builtIn: BuiltInNetwork<Backbone> | readonly [BuiltInNetwork<Backbone>, ...BuiltInNetwork<Backbone>[]]
  /** Some that are published. */
  readonly published: readonly ListedNetwork[]
  /** Opens any that is published, by its id on the hub or the path of its folder. */
  open(idOrFolder: string, options: OpenOptions): Promise<Backbone>
  readonly parts: Networks['parts']
}

/** The networks of a task: those that are built in, and all that are published. */
export function publishedNetworks<Backbone extends TunableBackbone<never>>({
  builtIn,
  published,
  open,
  parts,
}: PublishedNetworksParts<Backbone>) {
  const own = [builtIn].flat() as [BuiltInNetwork<Backbone>, ...BuiltInNetwork<Backbone>[]]
  return {
    listed: [...own, ...published] as const,
    parts,
    async open(
      id: string | undefined,
      run: RunOptions,
      { forTuning = false }: { readonly forTuning?: boolean } = {},
    ): Promise<Backbone> {
      if (id === undefined) return own[0].open()
      const network = own.find((one) => one.id === id)
      if (network) return network.open()
      // A name without a slash is sooner a slip than a network of somebody's.
      if (!id.includes('/') && !existsSync(id)) {
        const expected = `the path of a folder, an id on the hub (org/name), or one of: ${own.map((one) => one.id).join(', ')}`
        throw new OptionError('option "backbone"', expected, id, 'See: headstart backbones')
      }
      const { signal, onEvent } = run
      return open(id, {
        forTuning,
        signal,
        onNotice: (message) => onEvent?.({ type: 'notice', message }),
        onProgress: (progress) => onEvent?.({ type: 'download', ...progress }),
      })
    },
  }
}
