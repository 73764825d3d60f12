import { effect, type Signal, signal } from '@preact/signals'

/** A value that a reload does not lose: what is typed and not yet sent, a history that is clicked together. */
export function kept<T>(name: string, initial: T, storage: Storage = sessionStorage): Signal<T> {
  const key = `headstart-studio:${name}`
  const value = signal<T>(read(storage, key) ?? initial)
  effect(() => {
    const text = JSON.stringify(value.value)
    try {
      storage.setItem(key, text)
    } catch {
      // Full, or forbidden: it is kept as long as the page.
    }
  })
  return value
}

function read<T>(storage: Storage, key: string): T | undefined {
  try {
    const text = storage.getItem(key)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}
