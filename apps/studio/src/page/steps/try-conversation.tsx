import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Swatch } from '../parts/swatch.js'
import { kept } from '../state/kept.js'
import { useStore } from '../state/use-store.js'
import { percent } from '../view/words.js'

/** What somebody said, and what was said to it. */
interface Turn {
  readonly said: string
  readonly reply: string
  readonly label: string | null
  readonly probability: number | null
  /** Where the conversation stands after it. */
  readonly context: unknown
}

const turns = kept<readonly Turn[]>('conversation', [])

/** A model that is talked to: what it said before goes along with what is said next. */
export function TryConversation() {
  const store = useStore()
  const typed = useSignal('')
  const waits = useSignal<string | undefined>(undefined)
  const end = useRef<HTMLLIElement>(null)
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [turns.value.length, waits.value])
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    const said = typed.value.trim()
    if (said === '' || waits.value !== undefined) return
    typed.value = ''
    waits.value = said
    const context = turns.value.at(-1)?.context
    const query = { text: said, ...(context !== undefined && { context }) }
    const answered = await store.attempt(() => store.studio.ask({ query }))
    waits.value = undefined
    const [first] = answered?.answers ?? []
    // What was not answered can be said again.
    if (!first) return void (typed.value = said)
    const { label = null, probability = null, reply = first.said, context: after } = first.answer
    turns.value = [...turns.value, { said, reply, label, probability, context: after }]
  }
  const add = async (text: string, label: string): Promise<void> => {
    const added = await store.attempt(() => store.studio.addRows({ rows: [{ text, label }] }))
    if (added) store.say(added.added > 0 ? `Added as ${label}.` : 'It was among the data already.')
  }
  return (
    <section class="card" aria-label="Conversation">
      {turns.value.length === 0 && waits.value === undefined ? (
        <p class="soft">Say something, as those would who are going to talk to it.</p>
      ) : (
        <div class="row spread">
          <p class="small soft">It knows what was said before.</p>
          <button type="button" class="quiet" onClick={() => (turns.value = [])}>
            Begin anew
          </button>
        </div>
      )}
      <ol class="talk" aria-live="polite">
        {turns.value.map((turn, place) => (
          <li key={place}>
            <p class="theirs">
              <span class="unseen">You: </span>
              {turn.said}
            </p>
            <p class="ours">
              <span class="unseen">It: </span>
              {turn.reply}
            </p>
            <div class="row small soft" style={{ gap: '8px' }}>
              {turn.label === null ? (
                <span>nothing certain was meant</span>
              ) : (
                <span class="row" style={{ gap: '6px' }}>
                  <Swatch color={store.colorOf(turn.label)} /> {turn.label}
                  {turn.probability !== null && `, ${percent(turn.probability)} sure`}
                </span>
              )}
              <select
                aria-label={`Add "${turn.said}" to the data as`}
                value=""
                style={{ width: 'auto', minHeight: '30px', padding: '2px 8px' }}
                disabled={!store.project.value?.writable}
                onChange={(event) => {
                  const { value } = event.currentTarget
                  event.currentTarget.value = ''
                  if (value) void add(turn.said, value)
                }}
              >
                <option value="">Add it to the data as …</option>
                {store.labelNames.value.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
          </li>
        ))}
        {waits.value !== undefined && (
          <li>
            <p class="theirs">{waits.value}</p>
          </li>
        )}
        <li ref={end} aria-hidden="true" />
      </ol>
      <form class="row" style={{ flexWrap: 'nowrap' }} onSubmit={(event) => void send(event)}>
        <input
          type="text"
          aria-label="What you say"
          placeholder="Say something"
          autocomplete="off"
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <button
          type="submit"
          class="main"
          style={{ flex: 'none' }}
          disabled={typed.value.trim() === '' || waits.value !== undefined}
        >
          Say it
        </button>
      </form>
    </section>
  )
}
