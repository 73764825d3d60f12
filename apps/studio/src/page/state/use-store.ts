import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Store } from './store.js'

const context = createContext<Store | undefined>(undefined)

export const StoreProvider = context.Provider

/** The store of the page. */
export function useStore(): Store {
  const store = useContext(context)
  if (!store) throw new TypeError('The page has no store.')
  return store
}
