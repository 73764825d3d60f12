import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Answered, Example, Explained } from '../../api/types.js'
import { MarkedText } from '../parts/marked-text.js'
import { Shares } from '../parts/shares.js'
import { Swatch } from '../parts/swatch.js'
import { nameOf } from '../parts/thing.js'
import { useStore } from '../state/use-store.js'
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
  return (
    <section class="card" aria-label="Answer">
      <div class="row spread" style={{ alignItems: 'flex-start' }}>
        <div class="answer" role="status">
          <strong>{answer.known === false ? "I don't know" : (answer.label ?? said)}</strong>
          {sure !== undefined && answer.known !== false && <span class="soft">{percent(sure)} sure</span>}
        </div>
        <span class="small soft number">{answered.milliseconds.toFixed(0)} ms</span>
      </div>
      {answer.reply !== undefined && <p>{answer.reply}</p>}
      {answer.known === false && (
        <p>
          It is unlike all that it learned from
          {answer.nearest && ` (nearest: ${answer.nearest}, likeness ${(answer.familiarity ?? 0).toFixed(2)})`}. Label
          it, and it will know.
        </p>
      )}
      {shares.length > 0 && <Shares shares={shares.slice(0, 6)} />}
      {shares.length > 6 && <p class="small soft">and {shares.length - 6} less likely ones</p>}
      <div class="stack" style={{ gap: '8px' }}>
        <h3>Add it to the data as</h3>
        <div class="row" style={{ gap: '6px' }}>
          {store.labelNames.value.slice(0, 12).map((label, place) => (
            <button
              key={label}
              type="button"
              disabled={!store.project.value?.writable}
              onClick={() => onAdd(label)}
              class={label === answer.label ? 'guessed' : ''}
            >
              <Swatch color={store.colorOf(label)} /> {label}
              {label === answer.label ? <kbd>Enter</kbd> : place < 9 && <kbd>Alt {place + 1}</kbd>}
            </button>
          ))}
        </div>
      </div>
    </section>
  )
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
      <h2>Why {explained.label}?</h2>
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
                    <Swatch color={store.colorOf(example.label)} /> {example.label} ·{' '}
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
