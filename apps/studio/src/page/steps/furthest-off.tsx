import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Example, Misses } from '../../api/types.js'
import { nameOf } from '../parts/thing.js'
import { useStore } from '../state/use-store.js'
import { count, shortened } from '../view/words.js'

/** Answers that are shown before somebody asks for more. */
const first = 8

/** Of labels that are no single classes: the held-out examples whose answers were furthest from them. */
export function FurthestOff({ misses }: { misses: Misses }) {
  const store = useStore()
  const examples = useSignal<ReadonlyMap<string, Example>>(new Map())
  const all = useSignal(false)
  const { worst } = misses
  useEffect(() => {
    const ids = worst.map(({ id }) => id)
    void store
      .attempt(() => store.examplesOf(ids))
      .then((found) => (examples.value = new Map((found ?? []).map((example) => [example.id, example]))))
  }, [misses.run, store.revision.value])
  const shown = worst.slice(0, all.value ? worst.length : first)
  return (
    <section class="card" aria-labelledby="furthest">
      <h2 id="furthest">Where it is furthest off</h2>
      <p class="soft">
        {worst.length === 0
          ? `All of ${count(misses.examples, 'answer')} to examples that it had not learned from are as they should be.`
          : `Of ${count(misses.examples, 'answer')} to examples that it had not learned from. One opens its example: perhaps the ${store.labelName.value} is wrong.`}
      </p>
      <ul class="findings">
        {shown.map(({ id, given, answered }) => {
          const example = examples.value.get(id)
          return (
            <li key={id}>
              <dl class="pair">
                <div>
                  <dt>{example?.shown.type === 'picture' ? 'picture' : 'text'}</dt>
                  <dd>
                    {example?.shown.type === 'picture' && (
                      <img class="thumb" src={store.pictureOf(example, 96)} alt="" loading="lazy" />
                    )}{' '}
                    {example ? shortened(nameOf(example), 160) : 'taken out since'}
                  </dd>
                </div>
                <div>
                  <dt>{store.labelName.value}</dt>
                  <dd>{shortened(store.labelInWords(given), 160)}</dd>
                </div>
                <div>
                  <dt>answer</dt>
                  <dd>{shortened(store.labelInWords(answered), 160)}</dd>
                </div>
              </dl>
              {example && (
                <button type="button" onClick={() => store.open(shortened(nameOf(example), 60), [id])}>
                  Open<span class="unseen"> {shortened(nameOf(example), 60)}</span>
                </button>
              )}
            </li>
          )
        })}
      </ul>
      {worst.length > first && !all.value && (
        <button type="button" class="quiet" onClick={() => (all.value = true)}>
          Show {worst.length - first} more
        </button>
      )}
    </section>
  )
}
