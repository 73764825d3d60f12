import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Milliseconds after which it is said that something is waited for: what comes at once does not flicker. */
const patience = 300

/** A part whose script is fetched when it is first shown: what is loaded at the start stays small. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const [state, setState] = useState<'waiting' | 'slow' | 'there' | 'missing'>('waiting')
    useEffect(() => {
      if (loaded) return undefined
      const timer = setTimeout(() => setState('slow'), patience)
      load()
        .then(
          (part) => {
            loaded = part
            setState('there')
          },
          () => setState('missing'),
        )
        .finally(() => clearTimeout(timer))
      return () => clearTimeout(timer)
    }, [])
    const Part = loaded
    if (Part) return <Part {...props} />
    if (state === 'slow')
      return (
        <p class="soft" role="status">
          One moment …
        </p>
      )
    if (state !== 'missing') return null
    // The page of an older studio asks for scripts that a newer one does not have.
    return (
      <p class="say bad-news" role="alert">
        This part of the page is not there any more: the studio was updated, or has ended.{' '}
        <button type="button" onClick={() => location.reload()}>
          Load the page anew
        </button>
      </p>
    )
  }
}
