import { useSignal } from '@preact/signals'
import { lazy } from '../parts/lazy.js'
import type { JobState, Network, Run } from '../../api/types.js'
import { JobBar } from '../parts/job-bar.js'
import { MethodTable } from '../parts/method-table.js'
import { theme } from '../state/theme.js'
import { useStore } from '../state/use-store.js'
import { methodRows } from '../view/runs.js'
import { ago, capitalized, count, duration, scored } from '../view/words.js'
import { trainingPlots } from '../view/training-plots.js'

const LinePlot = lazy(() => import('../parts/line-plot.js').then(({ LinePlot }) => LinePlot))

/** One button, what happens live, and all that was ever trained. */
export function TrainStep() {
  const store = useStore()
  const project = store.project.value
  const chosen = useSignal<readonly string[] | undefined>(undefined)
  const chosenNetwork = useSignal<string | undefined>(undefined)
  if (!project) return null
  const { methods, networks, model } = project
  const lastNetwork = networks.find(({ id }) => id === store.runs.value[0]?.network)?.id
  const network = chosenNetwork.value ?? lastNetwork ?? networks[0]?.id
  const usual = methods.filter((method) => method.usual).map(({ name }) => name)
  const names = chosen.value ?? usual
  const keepable = names.filter((name) => methods.find((method) => method.name === name)?.keeps)
  const job = store.job.value
  const training = job?.kind === 'train' && job.status === 'running' ? job : undefined
  const [last, ...before] = store.runs.value
  const train = (): void => {
    // What is kept is the usual one where it is among them: the others stand beside it to compare.
    const keep = names.find((name) => usual.includes(name)) ?? keepable[0]
    void store.attempt(() =>
      store.studio.train({ methods: [...names], ...(keep && { keep }), ...(network && { network }) }),
    )
  }
  const toggle = (name: string): void => {
    chosen.value = methods
      .map((method) => method.name)
      .filter((other) => (other === name ? !names.includes(name) : names.includes(other)))
  }
  return (
    <>
      <header class="stack">
        <h1>Train</h1>
        <p class="lead">
          {model
            ? model.stale
              ? 'The data have changed since your model learned from them.'
              : 'Your model has learned from all that is here.'
            : 'One button. It measures itself on examples that it has not learned from.'}
        </p>
      </header>
      <section class="card" aria-label="Train">
        {training ? (
          <Live job={training} />
        ) : (
          <>
            <div class="row">
              <button
                type="button"
                class="main"
                disabled={store.running.value || keepable.length === 0 || !project.writable}
                onClick={train}
                style={{ minWidth: '160px' }}
              >
                {model ? 'Train again' : 'Train'}
              </button>
              {keepable.length === 0 && names.length > 0 && (
                <span class="soft">{names.join(', ')} can only stand beside another: choose one more.</span>
              )}
              {store.running.value && <span class="soft">after what runs now: {job?.doing}</span>}
            </div>
            {networks.length > 1 && network !== undefined && (
              <NetworkChoice networks={networks} value={network} onChange={(id) => (chosenNetwork.value = id)} />
            )}
            {methods.length > 1 && (
              <details>
                <summary>
                  Side by side with {names.length > 1 ? count(names.length - 1, 'other method') : 'other methods'}
                </summary>
                <fieldset class="stack" style={{ paddingTop: '12px' }}>
                  <legend class="unseen">Methods</legend>
                  {methods.map(({ name, description, takes }) => (
                    <label key={name} class="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
                      <input
                        type="checkbox"
                        checked={names.includes(name)}
                        style={{ width: '18px', height: '18px', marginTop: '3px', flex: 'none' }}
                        onChange={() => toggle(name)}
                      />
                      <span>
                        {name} {takes === 'minutes' && <span class="tag">takes minutes</span>}
                        <span class="small soft" style={{ display: 'block', fontWeight: 400 }}>
                          {description}
                        </span>
                      </span>
                    </label>
                  ))}
                </fieldset>
              </details>
            )}
          </>
        )}
      </section>
      {last ? (
        <section class="card" aria-labelledby="result">
          <div class="row spread">
            <h2 id="result">What came of it</h2>
            <span class="soft small">{ago(Date.parse(last.at), Date.now())}</span>
          </div>
          {last.verdict.length > 0 && (
            <div class="say stack" style={{ gap: '4px' }}>
              {last.verdict.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </div>
          )}
          {last.changed.length > 0 && before[0] && (
            <p class="soft">
              Since the training before: {last.changed.join(' ')} {scoreBefore(last, before[0])}
            </p>
          )}
          <MethodTable
            caption="Methods of the last training"
            measure={measureOf(last)}
            rows={methodRows(last.methods, last.kept)}
          />
          {job?.kind === 'train' && job.status === 'done' && job.points.length > 0 && (
            <details>
              <summary>How it learned</summary>
              <div style={{ paddingTop: '12px' }}>
                <Curves points={job.points} />
              </div>
            </details>
          )}
        </section>
      ) : (
        !training && <p class="empty">Nothing was trained yet. What comes of it will stand here.</p>
      )}
      {before.length > 0 && (
        <section class="card" aria-labelledby="history">
          <h2 id="history">Before that</h2>
          <History runs={store.runs.value} />
        </section>
      )}
    </>
  )
}

/** Which pre-trained network it begins with. */
function NetworkChoice(props: {
  readonly networks: readonly Network[]
  readonly value: string
  readonly onChange: (id: string) => void
}) {
  const { description, fetched } = props.networks.find(({ id }) => id === props.value) ?? {
    description: '',
    fetched: null,
  }
  return (
    <div class="stack" style={{ gap: '4px' }}>
      <label for="network">Begins with the network</label>
      <select
        id="network"
        value={props.value}
        style={{ width: 'auto', maxWidth: '420px' }}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.networks.map(({ id, fetched }) => (
          <option key={id} value={id}>
            {id}
            {fetched !== null && ` (${weights(fetched)})`}
          </option>
        ))}
      </select>
      <p class="small soft">
        {description}
        {fetched !== null &&
          ` Its ${weights(fetched)} are fetched from the hub of models when it is first used, and kept on this computer: the only time that the studio asks another host.`}
      </p>
    </div>
  )
}

function weights(number: number): string {
  return `${Math.round(number / 1e6)} million weights`
}

/** How good the one before was; nothing where it was measured otherwise. */
function scoreBefore(last: Run, before: Run): string {
  const [now, then] = [last, before].map((run) => run.methods.find(({ name }) => name === run.kept)?.score)
  return now && then && now.measure === then.measure ? `${scored(then)} then, ${scored(now)} now.` : ''
}

function measureOf(run: Run): string {
  return run.methods.find(({ score }) => score)?.score?.measure ?? 'score'
}

function Live({ job }: { job: JobState }) {
  const store = useStore()
  return (
    <>
      <JobBar job={job} onCancel={() => void store.attempt(() => store.studio.cancel())} />
      <Curves points={job.points} live />
      {job.methods.length > 0 && (
        <MethodTable
          caption="Methods that are ready"
          measure={job.methods[0]?.score?.measure ?? 'score'}
          rows={methodRows(job.methods, undefined)}
        />
      )}
      {job.notices.map((notice) => (
        <p key={notice} class="small soft">
          {notice}
        </p>
      ))}
    </>
  )
}

/** What was measured while it learned. @param live Whether more is to come: then the axis goes as far as it may. */
function Curves({ points, live = false }: { points: JobState['points']; live?: boolean }) {
  const plots = trainingPlots(points)
  if (plots.length === 0) return null
  return (
    <div class="stack" style={{ gap: '8px' }}>
      <div class="grid plots">
        {plots.map(({ measure, x, lines, epochs, most }) => (
          <div key={measure} class="stack" style={{ gap: '4px' }}>
            <h3>{capitalized(measure)}</h3>
            <LinePlot
              label={`${capitalized(measure)} while it trains`}
              x={x}
              lines={lines}
              xName="epochs"
              to={live ? epochs : (x.at(-1) ?? epochs)}
              {...(most !== undefined && { most })}
              format={(value) => String(Number(value.toPrecision(3)))}
              theme={theme.value}
            />
          </div>
        ))}
      </div>
      {plots.some(({ lines }) => lines.some(({ faint }) => faint)) && (
        <p class="small soft">Pale: parts before, each with other examples held out.</p>
      )}
    </div>
  )
}

function History({ runs }: { runs: readonly Run[] }) {
  return (
    <ol class="findings">
      {runs.slice(1, 30).map((run) => {
        const best = run.methods.find(({ name }) => name === run.kept)
        return (
          <li key={run.id}>
            <div>
              <div class="row spread">
                <strong>
                  {run.kept}
                  {best?.score && `: ${scored(best.score)}`}
                </strong>
                <span class="small soft">
                  {ago(Date.parse(run.at), Date.now())} · {duration(run.seconds)} ·{' '}
                  {count(run.methods.length, 'method')}
                  {run.network && ` · ${run.network}`}
                </span>
              </div>
              <p class="small soft">{run.changed.length > 0 ? run.changed.join(' ') : 'The first one.'}</p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
