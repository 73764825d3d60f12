import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Example } from '../../api/types.js'
import { CardDetails } from '../parts/thing.js'
import { ExamplePages } from '../state/example-pages.js'
import { useStore } from '../state/use-store.js'

/** The items of a shop as cards, to be clicked together. */
export function Catalog({ picked, onToggle }: { picked: readonly string[]; onToggle: (example: Example) => void }) {
  const store = useStore()
  const search = useSignal('')
  const shown = useSignal(24)
  const pages = useMemo(() => new ExamplePages(store.studio), [])
  useEffect(() => {
    const ask = (): void => void store.attempt(() => pages.ask(search.value ? { search: search.value } : {}))
    const timer = setTimeout(ask, search.value ? 150 : 0)
    return () => clearTimeout(timer)
  }, [search.value, store.revision.value])
  const total = pages.total.value
  const version = pages.version.value
  const examples = Array.from({ length: Math.min(shown.value, total) }, (_, place) =>
    version >= 0 ? pages.at(place) : undefined,
  ).filter((example) => example !== undefined)
  return (
    <div class="stack">
      <input
        type="search"
        aria-label="Search the catalog"
        placeholder="Search the catalog"
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value
          shown.value = 24
        }}
      />
      <ul class="gallery" aria-label="Catalog">
        {examples.map((example) => (
          <li key={example.id}>
            <Card example={example} picked={picked.includes(example.id)} onToggle={onToggle} />
          </li>
        ))}
      </ul>
      {total === 0 && <p class="soft">Nothing is called so.</p>}
      {total > shown.value && (
        <div>
          <button type="button" onClick={() => (shown.value += 48)}>
            Show more of {total.toLocaleString('en-US')}
          </button>
        </div>
      )}
    </div>
  )
}

function Card(props: { example: Example; picked: boolean; onToggle: (example: Example) => void }) {
  const { shown } = props.example
  if (shown.type !== 'card') return null
  return (
    <button type="button" class="tile" aria-pressed={props.picked} onClick={() => props.onToggle(props.example)}>
      <span class="title">{shown.title}</span>
      <CardDetails details={shown.details} />
    </button>
  )
}
