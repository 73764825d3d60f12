import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Confusion, Curve, Limits, Misses } from '../../api/types.js'
import { BoundSlider } from '../parts/bound-slider.js'
import { ConfusionMatrix } from '../parts/confusion-matrix.js'
import { JobBar } from '../parts/job-bar.js'
import { lazy } from '../parts/lazy.js'
import { MethodTable } from '../parts/method-table.js'
import { ReliabilityDiagram } from '../parts/reliability-diagram.js'
import { go } from '../state/route.js'
import { theme } from '../state/theme.js'
import { useStore } from '../state/use-store.js'
import { confusionTable } from '../view/confusion.js'
import { costOfConfidence, costOfDetection, costOfUnknown } from '../view/costs.js'
import { reliabilityOf } from '../view/reliability.js'
import { methodRows } from '../view/runs.js'
import { capitalized, count, isError, measureInWords, percent, scored } from '../view/words.js'
import { DataMap } from './data-map.js'
import { FurthestOff } from './furthest-off.js'

const LinePlot = lazy(() => import('../parts/line-plot.js').then(({ LinePlot }) => LinePlot))

/** What the model gets wrong, what it believes, where more labels lead. */
export function LookStep() {
  const store = useStore()
  const confusion = useSignal<Confusion | null>(null)
  const limits = useSignal<Limits | null>(null)
  const misses = useSignal<Misses | null>(null)
  const curve = useSignal<Curve | null>(null)
  const has = store.project.value?.has
  const model = store.project.value?.model ?? null
  const card = store.brings.value === 'card'
  useEffect(() => {
    if (!model || card) return
    void store.attempt(async () => {
      confusion.value = await store.studio.confusion()
      limits.value = await store.studio.limits()
      misses.value = await store.studio.misses()
      curve.value = await store.studio.curve()
    })
  }, [model?.run, card, store.revision.value, store.job.value?.status])
  const total = store.project.value?.counts.total ?? 0
  const table = useMemo(() => confusion.value && confusionTable(confusion.value), [confusion.value])
  return (
    <>
      <header class="stack">
        <h1>Look</h1>
        <p class="lead">
          {model?.score
            ? `${capitalized(measureInWords(model.score.measure))}: ${scored(model.score)}, on ${count(model.score.examples, card ? 'user' : 'example')} that it had not learned from.`
            : 'What it confuses, how sure it may be, and what more labels would bring.'}
        </p>
      </header>
      {!model && (
        <div class="empty">
          <p>There is no model to look at yet.</p>
          <button type="button" class="main" onClick={() => go('train')}>
            Train one
          </button>
        </div>
      )}
      {model && model.run === null && (
        <p class="say">
          This model was trained elsewhere: what it answered to examples it had not seen is not known here. Train it
          here to look closer.
        </p>
      )}
      {card ? <ShopMethods /> : null}
      {table && (
        <section class="card" aria-labelledby="confusion">
          <h2 id="confusion">What it takes for what</h2>
          <p class="soft">{table.says} A cell opens its examples.</p>
          <ConfusionMatrix table={table} onOpen={({ says, ids }) => store.open(says, ids)} />
        </section>
      )}
      {misses.value && <FurthestOff misses={misses.value} />}
      {total > 1 && has?.map && <DataMap />}
      {limits.value && (
        <div class="grid">
          <section class="card" aria-labelledby="calibration">
            <h2 id="calibration">Can its word be taken?</h2>
            <ReliabilityDiagram reliability={reliabilityOf(limits.value.calibration)} />
          </section>
          <section class="card" aria-labelledby="bounds">
            <h2 id="bounds">When should it keep quiet?</h2>
            <Bounds limits={limits.value} />
          </section>
        </div>
      )}
      {model && has?.curve && <LearningCurve curve={curve.value} />}
    </>
  )
}

function ShopMethods() {
  const store = useStore()
  const [last] = store.runs.value
  if (!last) return null
  return (
    <section class="card" aria-labelledby="methods">
      <h2 id="methods">Methods side by side</h2>
      {last.verdict.length > 0 ? (
        <div class="say stack" style={{ gap: '4px' }}>
          {last.verdict.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      ) : (
        <p class="soft">
          There is one. <a href="#train">Train others beside it</a> to see what it is worth.
        </p>
      )}
      <MethodTable
        caption="Methods side by side"
        measure={last.methods.find(({ score }) => score)?.score?.measure ?? 'score'}
        rows={methodRows(last.methods, last.kept)}
      />
    </section>
  )
}

function Bounds({ limits }: { limits: Limits }) {
  const threshold = useSignal(0)
  const detection = useSignal(0.5)
  const unknown = useSignal(limits.familiarity?.usual ?? 0)
  const { confidence, familiarity, detection: found } = limits
  const cost = costOfConfidence(confidence, threshold.value)
  const [low, high] = [familiarity?.threshold[0] ?? 0, familiarity?.threshold.at(-1) ?? 1]
  return (
    <div class="bounds">
      <BoundSlider
        label="Answer only when at least so sure"
        value={threshold.value}
        min={0}
        max={0.99}
        step={0.01}
        shown={percent(threshold.value)}
        onChange={(value) => (threshold.value = value)}
      >
        <div class="outcome" aria-hidden="true">
          {cost.shares.right > 0 && <i class="right-given" style={{ flexGrow: cost.shares.right }} />}
          {cost.shares.wrong > 0 && <i class="wrong-given" style={{ flexGrow: cost.shares.wrong }} />}
          {cost.shares.refused > 0 && <i class="refused" style={{ flexGrow: cost.shares.refused }} />}
        </div>
        <ul class="legend" style={{ padding: '6px 0' }} aria-hidden="true">
          <li>
            <i class="swatch right-given" /> right
          </li>
          <li>
            <i class="swatch wrong-given" /> wrong
          </li>
          <li>
            <i class="swatch refused" /> left to you
          </li>
        </ul>
        <p>{cost.says}</p>
      </BoundSlider>
      {found && (
        <BoundSlider
          label={`Say ${found.label} from`}
          value={detection.value}
          min={0}
          max={1}
          step={0.01}
          shown={percent(detection.value)}
          onChange={(value) => (detection.value = value)}
        >
          <p>{costOfDetection(found, detection.value)}</p>
        </BoundSlider>
      )}
      {familiarity && (
        <BoundSlider
          label={'Say "I don\'t know" below this likeness'}
          value={unknown.value}
          min={low}
          max={high}
          step={(high - low) / 200 || 0.01}
          shown={unknown.value.toFixed(2)}
          onChange={(value) => (unknown.value = value)}
        >
          <p>{costOfUnknown(familiarity, unknown.value)}</p>
        </BoundSlider>
      )}
    </div>
  )
}

function LearningCurve({ curve }: { curve: Curve | null }) {
  const store = useStore()
  const job = store.job.value
  const running = job?.kind === 'curve' && job.status === 'running' ? job : undefined
  const points = curve?.points ?? []
  const known = points.filter(({ interval }) => interval === null).length
  return (
    <section class="card" aria-labelledby="curve">
      <div class="row spread">
        <h2 id="curve">What would more labels bring?</h2>
        <button
          type="button"
          disabled={store.running.value}
          onClick={() => void store.attempt(() => store.studio.startCurve())}
        >
          {curve ? 'Measure again' : 'Measure'}
        </button>
      </div>
      {running && <JobBar job={running} onCancel={() => void store.attempt(() => store.studio.cancel())} />}
      {curve ? (
        <>
          <p class="say">
            {curve.text}
            {curve.stale && <span class="warn"> The data have changed since.</span>}
          </p>
          <LinePlot
            label={`Learning curve: ${measureInWords(curve.measure)} by number of examples. ${curve.text}`}
            x={points.map(({ examples }) => examples)}
            lines={[
              { name: 'measured', color: 'var(--c0)', values: points.map(measuredOf), marked: true },
              {
                name: 'foreseen',
                color: 'var(--c0)',
                values: points.map((point, place) => (place >= known - 1 ? point.score : null)),
                marked: true,
                dashed: true,
              },
              { ...bound, values: points.map(({ interval }) => interval?.[1] ?? null) },
              { ...bound, values: points.map(({ interval }) => interval?.[0] ?? null) },
            ]}
            band={[2, 3]}
            xName="labeled examples"
            format={(value) => (isError(curve.measure) ? String(Number((-value).toPrecision(2))) : percent(value))}
            theme={theme.value}
          />
        </>
      ) : (
        !running && <p class="soft">It learns from parts of your examples, and says where the curve leads.</p>
      )}
    </section>
  )
}

const bound = { name: '', color: 'var(--line)', bound: true } as const

/** What was measured has no interval: those are of what is foreseen. */
function measuredOf({ interval, score }: Curve['points'][number]): number | null {
  return interval === null ? score : null
}
