import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A part whose script is fetched when it is first shown: what is loaded at the start stays small. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const [, arrived] = useState(false)
    useEffect(() => {
      if (!loaded)
        void load().then((part) => {
          loaded = part
          arrived(true)
        })
    }, [])
    const Part = loaded
    return Part ? <Part {...props} /> : null
  }
}
