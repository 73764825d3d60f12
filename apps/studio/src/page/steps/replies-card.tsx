import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Replies } from '../../api/types.js'
import { Swatch } from '../parts/swatch.js'
import { useStore } from '../state/use-store.js'
import { count } from '../view/words.js'

/** What is said to the examples of each label: written here, and kept as soon as a field is left. */
export function RepliesCard() {
  const store = useStore()
  const all = useSignal<readonly Replies[]>([])
  useEffect(() => {
    void store.attempt(() => store.studio.replies()).then((found) => found && (all.value = found))
  }, [store.revision.value])
  const said = new Map(all.value.map(({ label, texts }) => [label, texts]))
  const labels = [...new Set([...store.labelNames.value, ...said.keys()])]
  const silent = labels.filter((label) => !said.get(label)?.length)
  const write = async (label: string, texts: readonly string[]): Promise<void> => {
    const kept = texts.map((text) => text.trim()).filter((text) => text !== '')
    const found = await store.attempt(() => store.studio.setReplies({ label, texts: kept }))
    if (found) all.value = found
  }
  return (
    <section class="card" aria-labelledby="replies">
      <h2 id="replies">What does it say?</h2>
      <p class="soft">An answer to each label; of several it says one after another.</p>
      {silent.length > 0 && (
        <p class="warn">
          {count(silent.length, 'label has', 'labels have')} no answer yet, which training asks for: {silent.join(', ')}
          .
        </p>
      )}
      <ul class="findings">
        {labels.map((label) => (
          <li key={label}>
            <RepliesOf label={label} texts={said.get(label) ?? []} onWrite={(texts) => void write(label, texts)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface RepliesOfProps {
  readonly label: string
  readonly texts: readonly string[]
  readonly onWrite: (texts: readonly string[]) => void
}

function RepliesOf({ label, texts, onWrite }: RepliesOfProps) {
  const store = useStore()
  const isAdding = useSignal(false)
  const shown = isAdding.value || texts.length === 0 ? [...texts, ''] : texts
  return (
    <div class="stack" style={{ gap: '6px', flex: 1, minWidth: 0 }}>
      <span class="row" style={{ gap: '6px' }}>
        <Swatch color={store.colorOf(label)} /> <strong>{label}</strong>
      </span>
      {shown.map((text, place) => (
        <textarea
          key={`${place} ${text}`}
          class="short"
          rows={Math.min(6, Math.ceil((text.length + 1) / 60))}
          aria-label={`Answer ${place + 1} to ${label}`}
          placeholder="What it says"
          defaultValue={text}
          disabled={!store.project.value?.writable}
          onChange={(event) => {
            isAdding.value = false
            onWrite(shown.with(place, event.currentTarget.value))
          }}
        />
      ))}
      {!isAdding.value && texts.length > 0 && (
        <button
          type="button"
          class="quiet"
          style={{ alignSelf: 'flex-start' }}
          disabled={!store.project.value?.writable}
          onClick={() => (isAdding.value = true)}
        >
          Another answer<span class="unseen"> to {label}</span>
        </button>
      )}
    </div>
  )
}
