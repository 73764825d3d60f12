import type { Store } from '../contract/store.js'

/** Keeps features in memory, as long as it is itself kept. */
export function memoryStore(): Store {
  const spaces = new Map<string, Map<string, Float32Array>>()
  return {
    async namespace(id) {
      const kept = spaces.get(id) ?? new Map<string, Float32Array>()
      spaces.set(id, kept)
      return {
        getMany: async (keys) => keys.map((key) => kept.get(key)),
        set: async (key, values) => void kept.set(key, values.slice()),
        flush: async () => {},
      }
    },
  }
}
