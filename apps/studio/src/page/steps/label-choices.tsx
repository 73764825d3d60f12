import { type Signal, useSignal } from '@preact/signals'
import type { Ref, RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import type { LabelKind } from '../../api/types.js'
import { breakable } from '../parts/breakable.js'
import { Swatch } from '../parts/swatch.js'
import { useStore } from '../state/use-store.js'
import { labelMeant, numberMeant } from '../view/label-match.js'
import { classesIn } from '../view/label-words.js'
import { percent } from '../view/words.js'

interface LabelChoicesProps {
  readonly given: string | null
  readonly guess: { readonly label: string; readonly probability: number | null } | null
  /** Of several classes, those that are chosen by now. */
  readonly chosen: readonly string[]
  /** Gives a class; of several, takes it to those that are chosen, or from them. */
  readonly onClass: (label: string) => void
  /** What is typed into the field: whoever gives a label empties it. */
  readonly typed: Signal<string>
  readonly field: Ref<HTMLInputElement>
}

/** Labels to choose from, and a field for those without a key and for new ones. */
export function LabelChoices({ given, guess, chosen, onClass, typed, field }: LabelChoicesProps) {
  const store = useStore()
  const labels = store.labelNames.value
  const kind = store.kind.value
  const several = kind === 'multi-label'
  const meant = labelMeant(typed.value, labels)
  const take = (label: string | undefined, { currentTarget }: { currentTarget: HTMLElement }): void => {
    typed.value = ''
    currentTarget.blur()
    if (label) onClass(label)
  }
  const guessedOnes = classesIn(guess?.label ?? null, kind)
  const givenOnes = classesIn(given, kind)
  return (
    <div class="choices">
      {[...new Set([...labels, ...chosen])].map((label, place) => {
        const guessed = guessedOnes.includes(label)
        return (
          <button
            key={label}
            type="button"
            class={`${guessed || label === meant ? 'guessed' : ''}`}
            {...(several && { 'aria-pressed': chosen.includes(label) })}
            onClick={() => onClass(label)}
            aria-keyshortcuts={place < 9 ? String(place + 1) : undefined}
          >
            {place < 9 && <kbd aria-hidden="true">{place + 1}</kbd>}
            <Swatch color={store.colorOf(label)} />
            <span class="name">{breakable(label)}</span>
            {guessed && <span class="sure">{guess?.probability == null ? 'likely' : percent(guess.probability)}</span>}
            {!guessed && givenOnes.includes(label) && <span class="sure">given</span>}
          </button>
        )
      })}
      <div class="stack" style={{ gap: '4px' }}>
        <input
          ref={field}
          type="text"
          aria-label={labels.length > 9 ? 'Find or name a label' : 'A new label'}
          aria-describedby="label-meant"
          placeholder={labels.length > 9 ? 'Find or name a label …' : 'New label …'}
          value={typed.value}
          style={{ minHeight: '48px' }}
          onInput={(event) => (typed.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') take(undefined, event)
            if (event.key !== 'Enter') return
            event.preventDefault()
            // What begins like one that is there is that one, unless somebody says that it is not.
            take(meant === undefined || event.ctrlKey || event.metaKey ? typed.value.trim() : meant, event)
          }}
        />
        <span id="label-meant" class="small soft" role="status">
          {typed.value.trim() !== '' &&
            (meant === undefined
              ? `Enter makes "${typed.value.trim()}" a new label`
              : meant === typed.value.trim()
                ? `Enter takes ${meant}`
                : `Enter takes ${meant}, Ctrl Enter makes "${typed.value.trim()}" a new label`)}
        </span>
      </div>
    </div>
  )
}

interface NumberFieldProps {
  readonly guess: string | undefined
  readonly onGive: (number: string) => void
  readonly typed: Signal<string>
  readonly field: Ref<HTMLInputElement>
}

/** The number that an example is labeled with. */
export function NumberField({ guess, onGive, typed, field }: NumberFieldProps) {
  const number = numberMeant(typed.value)
  return (
    <div class="row">
      <input
        ref={field}
        type="text"
        inputMode="decimal"
        aria-label="Its number"
        placeholder={guess === undefined ? 'Its number' : `Its number: about ${guess}?`}
        value={typed.value}
        style={{ flex: '0 1 260px', width: 'auto', minHeight: '48px' }}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
          if (event.key !== 'Enter') return
          event.preventDefault()
          const given = typed.value.trim() === '' ? guess : number
          if (given !== undefined) onGive(given)
        }}
      />
      <button type="button" class="main" disabled={number === undefined} onClick={() => number && onGive(number)}>
        Give it
      </button>
      <span class="small soft" role="status">
        {typed.value.trim() !== '' && number === undefined ? 'Expected a number, such as 3.5.' : ''}
      </span>
    </div>
  )
}

interface TextFieldProps {
  readonly guess: string | undefined
  readonly onGive: (text: string) => void
  readonly field: RefObject<HTMLTextAreaElement | null>
}

/** The text that an example is labeled with: at first what it is guessed to be. */
export function TextField({ guess, onGive, field }: TextFieldProps) {
  const store = useStore()
  const text = useSignal(guess ?? '')
  useEffect(() => {
    // Whoever is elsewhere, such as in the search, stays there.
    if (document.activeElement === document.body) field.current?.focus()
  }, [])
  const give = (): void => {
    if (text.value.trim() !== '') onGive(text.value)
  }
  return (
    <div class="stack" style={{ gap: '6px' }}>
      <textarea
        ref={field}
        rows={3}
        aria-label={`Its ${store.labelName.value}`}
        placeholder={`Its ${store.labelName.value}`}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          give()
        }}
      />
      <div class="row">
        <button type="button" class="main" disabled={text.value.trim() === ''} onClick={give}>
          <kbd aria-hidden="true">Enter</kbd> {guess === text.value ? 'Take it' : 'Give it'}
        </button>
        <span class="small soft">
          {guess !== undefined && 'As the model has it: correct it where it is wrong. '}
          <kbd>Esc</kbd> leaves the field, <kbd>n</kbd> goes back to it
        </span>
      </div>
    </div>
  )
}

/** Whether what is typed while an example is in sight is the beginning of its label. */
export function beginsLabel(key: string, kind: LabelKind | null): boolean {
  return kind === 'regression' ? /^[-\d.,]$/.test(key) : key === 'n' || key === '/'
}
