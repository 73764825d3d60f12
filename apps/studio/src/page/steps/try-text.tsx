import { useEffect, useMemo } from 'preact/hooks'
import { Asking } from '../state/asking.js'
import { kept } from '../state/kept.js'
import { useStore } from '../state/use-store.js'
import { shortened } from '../view/words.js'
import { AnswerCard, labelIn, labelOfKey, Reasons } from './answer-card.js'

const text = kept('try-text', '')

export function TryText() {
  const store = useStore()
  const asking = useMemo(() => new Asking(store), [])
  const run = store.project.value?.model?.run
  useEffect(() => {
    const query = text.value.trim()
    if (query) asking.ask({ query, unknown: true }, 180)
    else asking.clear()
    return () => asking.clear(false)
  }, [text.value, run])
  const add = async (label: string): Promise<void> => {
    const query = text.value.trim()
    const added = query && (await store.attempt(() => store.studio.addRows({ rows: [{ text: query, label }] })))
    if (!added) return
    store.say(
      added.added > 0 ? `Added as ${shortened(store.labelInWords(label), 80)}.` : 'It was among the data already.',
    )
    text.value = ''
  }
  return (
    <>
      <div class="stack" style={{ gap: '6px' }}>
        <label for="asked">What is to be answered</label>
        <textarea
          id="asked"
          rows={3}
          value={text.value}
          placeholder="Type something it has never seen"
          onInput={(event) => (text.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            const label = labelOfKey(
              event,
              store.labelNames.value,
              labelIn(asking.answered.value?.answers[0]?.answer, store.labelNames.value),
            )
            if (label === undefined) return
            event.preventDefault()
            void add(label)
          }}
        />
      </div>
      {asking.waiting.value && !asking.answered.value && (
        <p class="soft" role="status">
          It looks at it …
        </p>
      )}
      {asking.answered.value && <AnswerCard answered={asking.answered.value} onAdd={(label) => void add(label)} />}
      <Reasons explained={asking.explained.value} pending={asking.explaining.value} />
    </>
  )
}
