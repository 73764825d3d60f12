import { defaultRuntime } from '../runtime/default-runtime.js'
import { nameOf, type Runtime } from '../runtime/runtime.js'

/** What a watched runtime was asked for. */
export interface Watched {
  readonly runtime: Runtime
  /** Graphs that are loaded and not yet released. */
  open(): number
  /** Names of the devices of each graph that was loaded, in order. */
  readonly devices: (readonly string[])[]
}

/**
 * The default runtime, watched.
 * @param pretended Devices that it has besides: the CPU under other names.
 */
export async function watchedRuntime(pretended: readonly string[] = []): Promise<Watched> {
  const inner = await defaultRuntime()
  const devices: (readonly string[])[] = []
  let open = 0
  const runtime: Runtime = {
    name: `${inner.name}, watched`,
    devices: [...inner.devices, ...pretended],
    async load(model, options) {
      devices.push(options.devices.map(nameOf))
      const loaded = await inner.load(model, { ...options, devices: ['cpu'] })
      open++
      const release = async (): Promise<void> => {
        open--
        await loaded.release()
      }
      return { ...loaded, release }
    },
  }
  return { runtime, open: () => open, devices }
}
