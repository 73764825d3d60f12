import { kept } from '../state/kept.js'
import { useStore } from '../state/use-store.js'
import { count } from '../view/words.js'
import { Catalog } from './catalog.js'
import { PickedItems } from './picked-items.js'

const user = kept('record-user', '')
const items = kept<readonly { id: string; title: string }[]>('record-items', [])

/** Who took what, clicked together. */
export function RecordChoices() {
  const store = useStore()
  const name = user.value.trim()
  const record = async (event: Event): Promise<void> => {
    event.preventDefault()
    const chosen = items.value.map(({ id }) => id)
    const done = await store.attempt(() => store.studio.recordChoices({ user: name, items: chosen }))
    if (!done) return
    store.say(`${name} took ${count(chosen.length, 'item')}: recorded.`)
    items.value = []
    user.value = ''
  }
  return (
    <>
      <header class="stack">
        <h1>Who likes what?</h1>
        <p class="lead">
          Click what somebody took, in its order, and record it. It is learned from with the next training.
        </p>
      </header>
      <form class="card" onSubmit={(event) => void record(event)}>
        <PickedItems
          items={items.value}
          onRemove={(id) => (items.value = items.value.filter((one) => one.id !== id))}
        />
        <div class="row">
          <input
            type="text"
            aria-label="Who took them"
            placeholder="Who took them"
            style={{ flex: '0 1 260px', width: 'auto' }}
            value={user.value}
            onInput={(event) => (user.value = event.currentTarget.value)}
          />
          <button
            type="submit"
            class="main"
            disabled={name === '' || items.value.length === 0 || !store.project.value?.writable}
          >
            Record
          </button>
        </div>
      </form>
      <Catalog
        picked={items.value.map(({ id }) => id)}
        onToggle={({ id, shown }) => {
          const there = items.value.some((one) => one.id === id)
          const title = shown.type === 'card' ? shown.title : id
          items.value = there ? items.value.filter((one) => one.id !== id) : [...items.value, { id, title }]
        }}
      />
    </>
  )
}
