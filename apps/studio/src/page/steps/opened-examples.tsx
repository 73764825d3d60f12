import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Example } from '../../api/types.js'
import { Icon } from '../parts/icons.js'
import { Modal } from '../parts/modal.js'
import { Swatch } from '../parts/swatch.js'
import { CardDetails, nameOf } from '../parts/thing.js'
import { useStore } from '../state/use-store.js'
import { capitalized, shortened } from '../view/words.js'

/** Examples that were opened: those of a cell, of a finding, of a point; each can be given another label, or taken out. */
export function OpenedExamples() {
  const store = useStore()
  const opened = store.opened.value
  const examples = useSignal<readonly Example[] | undefined>(undefined)
  useEffect(() => {
    if (!opened) return
    void store.attempt(() => store.examplesOf(opened.ids)).then((found) => (examples.value = found))
  }, [opened, store.revision.value])
  if (!opened) return null
  return (
    <Modal
      key={opened.title}
      title={opened.title}
      onClose={() => {
        store.opened.value = undefined
        examples.value = undefined
      }}
    >
      {examples.value === undefined ? (
        <p class="soft">Opening …</p>
      ) : examples.value.length === 0 ? (
        <p class="soft">They are gone: they were taken out of the data meanwhile.</p>
      ) : (
        <ul class="stack">
          {examples.value.map((example) => (
            <li key={example.id} class="card">
              <OpenedExample example={example} />
            </li>
          ))}
        </ul>
      )}
      {opened.ids.length > 500 && <p class="soft">The first 500 of {opened.ids.length}.</p>}
    </Modal>
  )
}

function OpenedExample({ example }: { example: Example }) {
  const store = useStore()
  const { shown } = example
  const choices = store.labelNames.value
  return (
    <>
      {shown.type === 'text' ? (
        <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{shown.text}</p>
      ) : shown.type === 'picture' ? (
        <figure>
          <img
            src={store.pictureOf(example, 640)}
            alt={shown.name}
            style={{ maxWidth: '100%', maxHeight: '50vh', borderRadius: '10px', display: 'block', margin: '0 auto' }}
          />
        </figure>
      ) : (
        <div>
          <strong>{shown.title}</strong>
          <CardDetails details={shown.details} />
        </div>
      )}
      {shown.type !== 'card' && (
        <div class="row spread">
          <label class="row">
            {store.kind.value !== 'text' && <Swatch color={store.colorOf(example.label)} />}
            <span class="unseen">
              {capitalized(store.labelName.value)} of {shortened(nameOf(example), 40)}
            </span>
            {store.kind.value === 'text' ? (
              <textarea
                class="short"
                rows={2}
                defaultValue={example.label ?? ''}
                placeholder={store.labelName.value}
                style={{ width: 'min(420px, 60vw)' }}
                disabled={!store.project.value?.writable}
                onChange={(event) => void store.label(example.id, event.currentTarget.value.trim() || null)}
              />
            ) : store.kind.value !== 'classification' ? (
              <input
                type="text"
                value={example.label ?? ''}
                placeholder={store.kind.value === 'regression' ? 'its number' : 'a|b'}
                style={{ width: '220px' }}
                disabled={!store.project.value?.writable}
                onChange={(event) => void store.label(example.id, event.currentTarget.value.trim() || null)}
              />
            ) : (
              <select
                value={example.label ?? ''}
                style={{ width: 'auto', minWidth: '160px' }}
                disabled={!store.project.value?.writable}
                onChange={(event) => void store.label(example.id, event.currentTarget.value || null)}
              >
                <option value="">without a label</option>
                {choices.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </label>
          <button
            type="button"
            class="quiet"
            disabled={!store.project.value?.writable}
            onClick={() => void store.attempt(() => store.studio.remove({ ids: [example.id] }))}
          >
            <Icon name="trash" /> Take out
          </button>
        </div>
      )}
    </>
  )
}
