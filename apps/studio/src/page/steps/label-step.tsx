import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Example, Proposal } from '../../api/types.js'
import { nameOf, Thing } from '../parts/thing.js'
import { queueKind } from '../state/queue-kind.js'
import { go } from '../state/route.js'
import { useStore } from '../state/use-store.js'
import { beginLabeling, labeled, type Labeling, meaningOf, proposed, undone } from '../view/labeling.js'
import { classesIn, joinedLabels, noneOfThem } from '../view/label-words.js'
import { capitalized, count, shortened } from '../view/words.js'
import { beginsLabel, LabelChoices, NumberField, TextField } from './label-choices.js'
import { RecordChoices } from './record-choices.js'

/** What stands in the queue: an example, and what is thought of it. */
interface Queued {
  readonly example: Example
  readonly guess: { readonly label: string; readonly probability: number | null } | null
  readonly why: string
}

/** The head of a queue, and how many there are in all. */
interface Fetched {
  readonly found: readonly Queued[]
  readonly more: number
}

export function LabelStep() {
  const store = useStore()
  return store.brings.value === 'card' ? <RecordChoices /> : <LabelQueue key={queueKind.value} />
}

/** Examples, one after another, labeled with keys alone. */
function LabelQueue() {
  const store = useStore()
  const suspects = queueKind.value === 'suspects'
  const labels = store.labelNames.value
  const state = useSignal<Labeling | undefined>(undefined)
  const known = useRef(new Map<string, Queued>())
  const said = useSignal('')
  /** Of several classes, what was chosen for the one in sight; undefined: nothing yet. */
  const chosen = useSignal<readonly string[] | undefined>(undefined)
  const typed = useSignal('')
  const labelField = useRef<HTMLInputElement>(null)
  const textField = useRef<HTMLTextAreaElement>(null)
  /** What was begun for the one in sight is not meant for the next: at once, since the next letter can come before the page is drawn anew. */
  const forget = (): void => {
    chosen.value = undefined
    typed.value = ''
  }
  const kind = store.kind.value
  const left = useSignal(0)

  const asked = useRef(0)
  /** How often a label was given here, or taken back. */
  const changes = useRef(0)
  const fetchQueue = async (): Promise<void> => {
    const [turn, before, waiting] = [++asked.current, changes.current, store.unsaved.value]
    const answered = await store.attempt(() => (suspects ? fetchSuspects() : fetchNext()))
    // An answer that others have overtaken knows less than they do.
    if (!answered || turn !== asked.current) return
    const { found, more } = answered
    left.value = more
    for (const one of found) known.current.set(one.example.id, one)
    const ids = found.map(({ example }) => example.id)
    const isOld = waiting > 0 || changes.current !== before
    state.value = state.value ? proposed(state.value, ids, isOld) : beginLabeling(ids)
  }
  const fetchNext = async (): Promise<Fetched> => {
    if (store.project.value?.counts.unlabeled === 0) return { found: [], more: 0 }
    const { proposals, left: more } = await store.studio.next(20)
    return { found: proposals.map(({ example, guess, why }: Proposal) => ({ example, guess, why })), more }
  }
  const fetchSuspects = async (): Promise<Fetched> => {
    const { suspects = [] } = (await store.studio.check()) ?? {}
    const examples = await store.examplesOf(suspects.slice(0, 100).map(({ id }) => id))
    const byId = new Map(examples.map((example) => [example.id, example]))
    const found = suspects.flatMap(({ id, given, likely }) => {
      const example = byId.get(id)
      const why = `It is labeled ${given}; held-out answers say ${likely}.`
      return example ? [{ example, guess: { label: likely, probability: null }, why }] : []
    })
    return { found, more: suspects.length }
  }
  const { revision } = store
  useEffect(() => {
    // While labels are on their way a new proposal would only be old again; the last ones left ask for more.
    const timer = setTimeout(() => void fetchQueue(), state.value && state.value.queue.length > 3 ? 1200 : 0)
    return () => clearTimeout(timer)
  }, [revision.value])

  /** The one in sight as it is now: a key can come before the page is drawn anew. */
  const inSight = (): Queued | undefined => {
    const current = state.value?.queue[0]
    return current === undefined ? undefined : known.current.get(current)
  }
  const seen = inSight()
  const give = (label: string): void => {
    const seen = inSight()
    if (!state.value || !seen) return
    state.value = labeled(state.value, label, seen.example.label ?? undefined)
    left.value = Math.max(0, left.value - 1)
    forget()
    said.value = `${shortened(nameOf(seen.example), 40)}: ${shortened(store.labelInWords(label), 80)}`
    changes.current++
    void store.label(seen.example.id, label)
    if (suspects && label === seen.example.label)
      void store.attempt(() => store.studio.confirm({ ids: [seen.example.id] })).then(() => store.refresh())
    if (state.value.queue.length === 3) void fetchQueue()
  }
  /** Of several classes those that are chosen for the one in sight, at first what it has or is guessed to have. */
  const chosenOnes = (): readonly string[] => {
    const seen = inSight()
    return chosen.value ?? classesIn((suspects ? seen?.example.label : undefined) ?? seen?.guess?.label ?? null, kind)
  }
  const chooseClass = (label: string): void => {
    if (kind !== 'multi-label') return give(label)
    const now = chosenOnes()
    chosen.value = now.includes(label) ? now.filter((one) => one !== label) : [...now, label]
  }
  /** What Enter gives: what is chosen or guessed. Of several classes none is given by its own key alone. */
  const accept = (): void => {
    const guess = inSight()?.guess?.label
    if (kind !== 'multi-label') return guess === undefined ? undefined : give(guess)
    const now = chosenOnes()
    if (now.length > 0 || guess === noneOfThem) give(joinedLabels(now, labels))
  }
  const skip = (): void => {
    const seen = inSight()
    if (!state.value || !seen) return
    forget()
    state.value = labeled(state.value, undefined)
    said.value = `${shortened(nameOf(seen.example), 40)}: skipped`
    if (state.value.queue.length === 3) void fetchQueue()
  }
  const undo = (): void => {
    if (!state.value) return
    const { state: before, step } = undone(state.value)
    state.value = before
    if (!step) return
    said.value = 'Taken back.'
    forget()
    if (step.label === undefined) return
    changes.current++
    left.value++
    // A label that was kept was said to be right.
    if (step.label === step.before)
      void store.attempt(() => store.studio.confirm({ ids: [step.id], right: false })).then(() => store.refresh())
    else void store.label(step.id, step.before ?? null)
  }
  const act = useRef<(event: KeyboardEvent) => void>(() => {})
  act.current = (event) => {
    const target = event.target as HTMLElement
    if (target.closest('input, textarea, select, dialog, [role=application]')) return
    if (event.key === 'Enter' && target.closest('button, a')) return
    if (beginsLabel(event.key, kind) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      // The first digit of a number is typed into its field.
      if (kind !== 'regression') event.preventDefault()
      ;(labelField.current ?? textField.current)?.focus()
      return
    }
    const seen = inSight()
    if (event.key === 'k' && suspects && seen?.example.label) return give(seen.example.label)
    if (event.key === '0' && kind === 'multi-label' && labels.length > 0) return give(noneOfThem)
    const meaning = meaningOf(event, labels.length)
    if (!meaning) return
    event.preventDefault()
    if (meaning.do === 'label') chooseClass(labels[meaning.label] as string)
    else if (meaning.do === 'undo') undo()
    else if (meaning.do === 'skip') skip()
    else accept()
  }
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => act.current(event)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])

  const writable = store.project.value?.writable ?? false
  return (
    <>
      <header class="row spread">
        <h1>
          {suspects
            ? 'Do these labels hold?'
            : kind === 'text'
              ? `Write its ${store.labelName.value}`
              : 'What is this?'}
        </h1>
        {store.project.value?.has.check && (
          <div class="tabs" role="group" aria-label="What to go through">
            <button type="button" aria-pressed={!suspects} onClick={() => (queueKind.value = 'next')}>
              {capitalized(store.labelInWords(null))}
            </button>
            <button type="button" aria-pressed={suspects} onClick={() => (queueKind.value = 'suspects')}>
              Suspects {store.check.value ? store.check.value.suspects.length : ''}
            </button>
          </div>
        )}
      </header>
      {seen && writable ? (
        <>
          <section class="proposed" aria-label="To be labeled" aria-live="polite" aria-atomic="true">
            <Thing example={seen.example} src={(size) => store.pictureOf(seen.example, size)} />
            <p class="soft small">{seen.why}</p>
          </section>
          <section class="stack" aria-label="Labels to choose from">
            {kind === 'regression' ? (
              <NumberField guess={seen.guess?.label} onGive={give} typed={typed} field={labelField} />
            ) : kind === 'text' ? (
              <TextField key={seen.example.id} guess={seen.guess?.label} onGive={give} field={textField} />
            ) : (
              <LabelChoices
                given={suspects ? seen.example.label : null}
                guess={seen.guess}
                chosen={chosenOnes()}
                onClass={chooseClass}
                typed={typed}
                field={labelField}
              />
            )}
            <div class="row spread">
              <div class="row">
                <button type="button" disabled={!state.value?.done.length} onClick={undo}>
                  <kbd aria-hidden="true">u</kbd> Undo
                </button>
                <button type="button" onClick={skip}>
                  <kbd aria-hidden="true">s</kbd> Skip
                </button>
                {suspects && seen.example.label && (
                  <button type="button" onClick={() => give(seen.example.label as string)}>
                    <kbd aria-hidden="true">k</kbd> Keep {store.labelInWords(seen.example.label)}
                  </button>
                )}
                {kind === 'multi-label' ? (
                  <>
                    <button type="button" class="main" disabled={chosenOnes().length === 0} onClick={accept}>
                      <kbd aria-hidden="true">Enter</kbd> Take {chosenOnes().join(', ') || 'what you choose'}
                    </button>
                    {labels.length > 0 && (
                      <button type="button" onClick={() => give(noneOfThem)}>
                        <kbd aria-hidden="true">0</kbd> None of them
                      </button>
                    )}
                  </>
                ) : (
                  seen.guess &&
                  kind !== 'text' && (
                    <span class="small soft">
                      <kbd>Enter</kbd> takes {seen.guess.label}
                    </span>
                  )
                )}
                {kind !== 'regression' && kind !== 'text' && (
                  <span class="small soft">
                    <kbd>n</kbd> {labels.length > 9 ? 'finds a label by its letters, or makes one' : 'a new label'}
                  </span>
                )}
              </div>
              <span class="small soft number">{count(left.value, 'example')} left</span>
            </div>
          </section>
        </>
      ) : (
        state.value && <NothingLeft suspects={suspects} onUndo={state.value.done.length > 0 ? undo : undefined} />
      )}
      <p class="unseen" role="status">
        {said.value}
      </p>
    </>
  )
}

function NothingLeft({ suspects, onUndo }: { suspects: boolean; onUndo: (() => void) | undefined }) {
  const store = useStore()
  const { counts, writable } = store.project.value ?? { counts: { total: 0 }, writable: true }
  return (
    <div class="empty">
      {!writable ? (
        <p>The folder cannot be written: labels could not be kept.</p>
      ) : suspects && !store.check.value ? (
        <>
          <p>Nobody has looked for wrong labels yet.</p>
          <button
            type="button"
            class="main"
            disabled={store.running.value}
            onClick={() => void store.attempt(() => store.studio.startCheck())}
          >
            {store.running.value ? 'Looking …' : 'Look for them'}
          </button>
        </>
      ) : suspects ? (
        <p>
          {store.kind.value === 'classification'
            ? 'No label looks wrong.'
            : 'Labels that look wrong are found where each example has one label.'}
        </p>
      ) : counts.total === 0 ? (
        <>
          <p>There is nothing to label yet.</p>
          <button type="button" class="main" onClick={() => go('bring')}>
            Bring examples
          </button>
        </>
      ) : (
        <>
          <p>Every example has its {store.labelName.value}.</p>
          <button type="button" class="main" onClick={() => go('train')}>
            Train
          </button>
        </>
      )}
      {onUndo && (
        <button type="button" onClick={onUndo}>
          <kbd aria-hidden="true">u</kbd> Undo
        </button>
      )}
    </div>
  )
}
