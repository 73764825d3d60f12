import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A part whose script is fetched when it is first shown: what is loaded at the start stays small. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const [state, setState] = useState<'waiting' | 'there' | 'missing'>('waiting')
    useEffect(() => {
      if (loaded) return
      load().then(
        (part) => {
          loaded = part
          setState('there')
        },
        () => setState('missing'),
      )
    }, [])
    const Part = loaded
    if (Part) return <Part {...props} />
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
