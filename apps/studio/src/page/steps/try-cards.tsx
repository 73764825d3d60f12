import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Answered } from '../../api/types.js'
import { BoundSlider } from '../parts/bound-slider.js'
import { kept } from '../state/kept.js'
import { useStore } from '../state/use-store.js'
import { listed, percent } from '../view/words.js'
import { Catalog } from './catalog.js'
import { PickedItems } from './picked-items.js'

const history = kept<readonly { id: string; title: string }[]>('try-history', [])
const diversity = kept('try-diversity', 0)
const side = kept<readonly string[]>('try-methods', [])

/** A history clicked together, and what is recommended for it, with reasons, by several methods side by side. */
export function TryCards() {
  const store = useStore()
  const answered = useSignal<Answered | undefined>(undefined)
  const trained = (store.runs.value[0]?.methods ?? []).filter(({ failed }) => failed === null)
  const methods = side.value.filter((name) => trained.some((method) => method.name === name))
  const run = store.project.value?.model?.run
  useEffect(() => {
    const ended = new AbortController()
    const ask = async (): Promise<void> => {
      const query = {
        history: history.value.map(({ id }) => id),
        k: 10,
        explain: true,
        ...(diversity.value > 0 && { diversity: diversity.value }),
      }
      answered.value = await store.studio.ask(
        { query, ...(methods.length > 0 && { methods: [...methods] }) },
        ended.signal,
      )
    }
    const timer = setTimeout(() => void store.attempt(ask), 60)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [history.value, diversity.value, methods.join(), run])
  const toggle = (id: string, title: string): void => {
    const there = history.value.some((one) => one.id === id)
    history.value = there ? history.value.filter((one) => one.id !== id) : [...history.value, { id, title }]
  }
  return (
    <>
      <section class="card" aria-labelledby="history">
        <div class="row spread">
          <h2 id="history">Somebody took</h2>
          {history.value.length > 0 && (
            <button type="button" class="quiet" onClick={() => (history.value = [])}>
              Begin anew
            </button>
          )}
        </div>
        <PickedItems items={history.value} onRemove={(id) => toggle(id, '')} />
        <BoundSlider
          label="How mixed the list shall be"
          value={diversity.value}
          min={0}
          max={1}
          step={0.05}
          shown={percent(diversity.value)}
          onChange={(value) => (diversity.value = value)}
        >
          <p class="soft">
            {diversity.value === 0 ? 'The best first, however alike.' : 'Items alike make room for others.'}
          </p>
        </BoundSlider>
        {trained.length > 1 && (
          <fieldset class="row">
            <legend class="label" style={{ paddingBottom: '6px' }}>
              Methods side by side
            </legend>
            {trained.map(({ name }) => (
              <label key={name} class="tag">
                <input
                  type="checkbox"
                  checked={methods.includes(name)}
                  onChange={() =>
                    (side.value = methods.includes(name)
                      ? methods.filter((other) => other !== name)
                      : [...methods, name].slice(-4))
                  }
                />
                {name}
              </label>
            ))}
          </fieldset>
        )}
      </section>
      <div class={`shop${methods.length > 1 ? ' wide' : ''}`}>
        <section class="stack" aria-labelledby="catalog">
          <h2 id="catalog">Catalog</h2>
          <Catalog
            picked={history.value.map(({ id }) => id)}
            onToggle={({ id, shown }) => toggle(id, shown.type === 'card' ? shown.title : id)}
          />
        </section>
        <div class="lists">
          {(answered.value?.answers ?? []).map(({ method, answer }) => (
            <section key={method} class="card" aria-label={`Recommended${method && ` by ${method}`}`}>
              <h2>{method || 'Recommended'}</h2>
              <ol class="findings">
                {(answer.recommendations ?? []).map(({ item, title, because = [] }, place) => (
                  <li key={item} style={{ padding: '8px 0' }}>
                    <span class="number soft small" style={{ minWidth: '18px' }}>
                      {place + 1}
                    </span>
                    <div>
                      <strong>{title ?? item}</strong>
                      <p class="small soft">
                        {because.length > 0
                          ? `Because of ${listed(because.slice(0, 2).map((one) => one.title ?? one.item))}`
                          : 'Popular'}
                      </p>
                    </div>
                    <button
                      type="button"
                      class="quiet icon"
                      aria-label={`Take ${title ?? item}`}
                      title="Take it"
                      onClick={() => toggle(item, title ?? item)}
                    >
                      +
                    </button>
                  </li>
                ))}
              </ol>
            </section>
          ))}
        </div>
      </div>
    </>
  )
}
