import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Answer, Answered, Example, Explained } from '../../api/types.js'
import { MarkedText } from '../parts/marked-text.js'
import { Shares } from '../parts/shares.js'
import { Swatch } from '../parts/swatch.js'
import { nameOf } from '../parts/thing.js'
import { useStore } from '../state/use-store.js'
import { numberMeant } from '../view/label-match.js'
import { joinedLabels } from '../view/label-words.js'
import { markedParts } from '../view/marked.js'
import { count, percent, shortened } from '../view/words.js'

interface AnswerCardProps {
  readonly answered: Answered
  /** Adds what was asked to the data, with a label. */
  readonly onAdd: (label: string) => void
}

/** What the model answers, how sure it is, and the labels with which it is added to the data. */
export function AnswerCard({ answered, onAdd }: AnswerCardProps) {
  const store = useStore()
  const { answer, said } = answered.answers[0] ?? { answer: undefined, said: '' }
  if (!answer) return null
  const shares = Object.entries(answer.probabilities ?? {})
    .map(([name, share]) => ({ name, share, color: store.colorOf(name) }))
    .sort((a, b) => b.share - a.share)
  const sure = answer.probability
  const own = labelIn(answer, store.labelNames.value)
  return (
    <section class="card" aria-label="Answer">
      <div class="row spread" style={{ alignItems: 'flex-start' }}>
        <div class={store.kind.value === 'text' ? 'answer written' : 'answer'} role="status">
          <strong>
            {answer.known === false
              ? "I don't know"
              : (answer.label ?? (own === undefined ? said : store.labelInWords(own)))}
          </strong>
          {answer.interval && (
            <span class="soft">probably {answer.interval.map((end) => Number(end.toPrecision(3))).join(' to ')}</span>
          )}
          {sure !== undefined && answer.known !== false && <span class="soft">{percent(sure)} sure</span>}
        </div>
        <span class="small soft number">{answered.milliseconds.toFixed(0)} ms</span>
      </div>
      {answer.reply !== undefined && <p>{answer.reply}</p>}
      {answer.problems?.map((problem) => (
        <p key={problem} class="warn">
          {problem}
        </p>
      ))}
      {answer.known === false && (
        <p>
          It is unlike all that it learned from
          {answer.nearest && ` (nearest: ${answer.nearest}, likeness ${(answer.familiarity ?? 0).toFixed(2)})`}. Label
          it, and it will know.
        </p>
      )}
      {shares.length > 0 && <Shares shares={shares.slice(0, 6)} />}
      {shares.length > 6 && <p class="small soft">and {shares.length - 6} less likely ones</p>}
      {store.kind.value === 'text' ? (
        <AddText key={own} answer={own ?? ''} onAdd={onAdd} />
      ) : (
        <div class="stack" style={{ gap: '8px' }}>
          <h3>Add it to the data as</h3>
          <div class="row" style={{ gap: '6px' }}>
            {[...new Set([...store.labelNames.value.slice(0, 12), ...(own === undefined ? [] : [own])])].map(
              (label, place) => (
                <button
                  key={label}
                  type="button"
                  disabled={!store.project.value?.writable}
                  onClick={() => onAdd(label)}
                  class={label === own ? 'guessed' : ''}
                >
                  <Swatch color={store.colorOf(label)} /> {store.labelInWords(label)}
                  {label === own ? <kbd>Enter</kbd> : place < 9 && <kbd>Alt {place + 1}</kbd>}
                </button>
              ),
            )}
            <AddAnother onAdd={onAdd} />
          </div>
        </div>
      )}
    </section>
  )
}

/** Adds with what is written: the answer, corrected where it is wrong. */
function AddText({ answer, onAdd }: { answer: string; onAdd: (label: string) => void }) {
  const store = useStore()
  const text = useSignal(answer)
  const name = store.labelName.value
  return (
    <form
      class="stack"
      style={{ gap: '8px' }}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.value.trim() !== '') onAdd(text.value)
      }}
    >
      <label for="corrected">Correct it, and add it to the data</label>
      <textarea
        id="corrected"
        rows={2}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <button
        type="submit"
        style={{ alignSelf: 'flex-start' }}
        disabled={text.value.trim() === '' || !store.project.value?.writable}
      >
        Add it with this {name}
        {text.value === answer && <kbd>Enter</kbd>}
      </button>
    </form>
  )
}

/** Adds with a label that has no button: another number, several classes, a new one. */
function AddAnother({ onAdd }: { onAdd: (label: string) => void }) {
  const store = useStore()
  const typed = useSignal('')
  const kind = store.kind.value
  const text = typed.value.trim()
  const label = kind === 'regression' ? numberMeant(text) : text || undefined
  const asked = {
    classification: 'Another label',
    'multi-label': 'Others: a|b',
    regression: 'Another number',
    text: 'Another text',
  }[kind ?? 'classification']
  return (
    <form
      class="row"
      style={{ gap: '6px', flexWrap: 'nowrap' }}
      onSubmit={(event) => {
        event.preventDefault()
        if (label === undefined) return
        typed.value = ''
        onAdd(label)
      }}
    >
      <input
        type="text"
        aria-label={asked}
        placeholder={asked}
        value={typed.value}
        style={{ width: '150px' }}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      {text !== '' && (
        <button type="submit" disabled={label === undefined || !store.project.value?.writable}>
          Add
        </button>
      )}
    </form>
  )
}

/** The label that an answer gives: of several classes joined, of a number as many digits as are meant; undefined where it gives none. */
export function labelIn(answer: Answer | undefined, order: readonly string[]): string | undefined {
  if (!answer || answer.known === false) return undefined
  if (answer.labels) return joinedLabels(answer.labels, order)
  if (answer.value !== undefined) return String(Number(answer.value.toPrecision(4)))
  return answer.label ?? undefined
}

/** Adding by a key: Enter takes the answer, Alt and a digit another label. @returns The label; undefined where the key means none. */
export function labelOfKey(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'shiftKey'>,
  labels: readonly string[],
  answer: string | null | undefined,
): string | undefined {
  // By the place of the key: with Alt pressed a Mac types other signs.
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (event.altKey && digit) return labels[Number(digit) - 1]
  return event.key === 'Enter' && !event.shiftKey && !event.altKey ? (answer ?? undefined) : undefined
}

interface ReasonsProps {
  readonly explained: Explained | undefined
  readonly pending: boolean
}

/** Why: the words or regions that count, and the examples it is like. */
export function Reasons({ explained, pending }: ReasonsProps) {
  const store = useStore()
  const nearest = useSignal<readonly Example[]>([])
  const ids = explained?.nearest.map(({ id }) => id).join()
  useEffect(() => {
    nearest.value = []
    if (ids) void store.attempt(() => store.examplesOf(ids.split(','))).then((found) => (nearest.value = found ?? []))
  }, [ids])
  if (!explained) return pending ? <p class="soft">Looking for reasons …</p> : null
  const likeness = new Map(explained.nearest.map(({ id, likeness }) => [id, likeness]))
  return (
    <section class="card" aria-label="Reasons">
      <h2>Why {explained.label || 'that'}?</h2>
      {explained.parts.some(({ text }) => text !== undefined) && <MarkedText parts={markedParts(explained.parts)} />}
      {explained.overlay && (
        <figure class="stack">
          <img class="shot" src={explained.overlay} alt={`What speaks for ${explained.label}, as a heat map`} />
          <figcaption class="small soft">Green speaks for {explained.label}, red against it.</figcaption>
        </figure>
      )}
      {nearest.value.length > 0 && (
        <>
          <h3>The {count(nearest.value.length, 'example')} that it is most like</h3>
          <ul class="gallery small-ones">
            {nearest.value.map((example) => (
              <li key={example.id}>
                <button
                  type="button"
                  class="tile"
                  onClick={() => store.open(shortened(nameOf(example), 60), [example.id])}
                >
                  {example.shown.type === 'picture' ? (
                    <img src={store.pictureOf(example, 240)} alt={example.shown.name} />
                  ) : (
                    <span>{shortened(nameOf(example), 90)}</span>
                  )}
                  <span class="small soft row" style={{ gap: '6px', flexWrap: 'nowrap', alignItems: 'baseline' }}>
                    <Swatch color={store.colorOf(example.label)} /> {store.labelInWords(example.label)} ·{' '}
                    {(likeness.get(example.id) ?? 0).toFixed(2)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {explained.notes.map((note) => (
        <p key={note} class="small soft">
          {note}
        </p>
      ))}
    </section>
  )
}
