import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { TakeAway } from '../../api/types.js'
import { CodeBlock } from '../parts/code-block.js'
import { go } from '../state/route.js'
import { useStore } from '../state/use-store.js'

/** The model goes where it is needed. */
export function TakeStep() {
  const store = useStore()
  const take = useSignal<TakeAway | undefined>(undefined)
  const paths = useSignal<Readonly<Record<string, string>>>({})
  const busy = useSignal('')
  const model = store.project.value?.model
  useEffect(() => {
    if (model) void store.attempt(() => store.studio.takeAway()).then((found) => (take.value = found))
  }, [model?.run])
  const carry = async (format: string): Promise<void> => {
    busy.value = format
    const made = await store.attempt(() => store.studio.export(format))
    busy.value = ''
    if (made) paths.value = { ...paths.value, [format]: made.path }
  }
  return (
    <>
      <header class="stack">
        <h1>Take it away</h1>
        <p class="lead">{model ? 'Your model is a folder. It needs neither this page nor a server.' : ''}</p>
      </header>
      {!model && (
        <div class="empty">
          <p>There is no model to take away yet.</p>
          <button type="button" class="main" onClick={() => go('train')}>
            Train one
          </button>
        </div>
      )}
      {model && take.value && (
        <>
          <section class="card" aria-labelledby="saved">
            <h2 id="saved">It is saved</h2>
            <CodeBlock label="Folder of the model" text={take.value.model} />
            <details>
              <summary>How good it is</summary>
              <pre class="small soft scroll" tabIndex={0} role="region" aria-label="How good it is">
                {model.text}
              </pre>
            </details>
          </section>
          <section class="card" aria-labelledby="typescript">
            <h2 id="typescript">Load it in TypeScript</h2>
            <CodeBlock label="TypeScript that loads it" text={take.value.typescript} />
          </section>
          <section class="card" aria-labelledby="terminal">
            <h2 id="terminal">Ask it, and serve it</h2>
            <CodeBlock label="Command that asks it" text={take.value.ask} />
            <CodeBlock label="Command that serves it" text={take.value.serve} />
            <p class="soft">While this studio is open it answers at the same addresses:</p>
            <CodeBlock label="Command that asks this studio" text={take.value.request} />
          </section>
          {take.value.formats.length > 0 && (
            <section class="card" aria-labelledby="export">
              <h2 id="export">Export it for others</h2>
              <ul class="findings">
                {take.value.formats.map(({ name, description }) => (
                  <li key={name}>
                    <div>
                      <strong>{name}</strong>
                      <p class="soft small">{description}</p>
                      {paths.value[name] && (
                        <p class="good small" role="status">
                          Written: <code>{paths.value[name]}</code>
                        </p>
                      )}
                    </div>
                    <button
                      type="button"
                      disabled={busy.value !== '' || !store.project.value?.writable}
                      onClick={() => void carry(name)}
                    >
                      {busy.value === name ? 'Writing …' : 'Export'}
                      <span class="unseen"> to {name}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </>
  )
}
