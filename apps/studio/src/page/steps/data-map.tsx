import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { FeatureMap } from '../../api/types.js'
import { PointMap } from '../parts/point-map.js'
import { Swatch } from '../parts/swatch.js'
import type { UmapAnswer, UmapQuestion } from '../state/umap-worker.js'
import { kept } from '../state/kept.js'
import { theme } from '../state/theme.js'
import { useStore } from '../state/use-store.js'
import { inUnitSquare } from '../view/map-view.js'
import { count, percent } from '../view/words.js'

/** Fewer have no neighborhoods to arrange by. */
const FEWEST = 8

/** Whether neighbors are what it is arranged by: that takes a while of a processor, which nobody spends who does not want it. */
const byNeighbors = kept('map-by-neighbors', true)

/** The data as the network sees them: by principal components at once, then arranged by neighbors. */
export function DataMap() {
  const store = useStore()
  const map = useSignal<FeatureMap | null>(null)
  const arranged = useSignal<Float32Array | null>(null)
  const share = useSignal<number | null>(null)
  const pending = useSignal(true)
  const worker = useRef<Worker | undefined>(undefined)
  const stop = (): void => {
    worker.current?.terminate()
    worker.current = undefined
    share.value = null
  }
  useEffect(() => {
    let gone = false
    pending.value = true
    const fetched = store.attempt(async () => {
      const found = await store.studio.map()
      if (gone) return
      const before = map.value
      map.value = found
      // Other labels are other colors: the places stay, and nobody loses what they were looking at.
      const same = before?.ids.join() === found.ids.join() && before.x.every((x, place) => x === found.x[place])
      if (same && (arranged.value || (worker.current && byNeighbors.value))) return
      stop()
      arranged.value = null
      if (found.ids.length < FEWEST || !byNeighbors.value) return
      const components = await store.studio.components()
      if (gone) return
      worker.current = new Worker(new URL('../state/umap-worker.ts', import.meta.url), { type: 'module' })
      share.value = 0
      worker.current.addEventListener('message', ({ data }: MessageEvent<UmapAnswer>) => {
        arranged.value = inUnitSquare(data.points)
        share.value = data.share < 1 ? data.share : null
      })
      worker.current.addEventListener('error', () => (share.value = null))
      const question: UmapQuestion = { components, columns: found.components, seed: 1 }
      worker.current.postMessage(question, [components.buffer])
    })
    void fetched.then(() => (pending.value = gone))
    return () => {
      gone = true
    }
  }, [store.revision.value, store.project.value?.model?.run, byNeighbors.value])
  useEffect(() => stop, [])
  const principal = useMemo(() => {
    const { x = [], y = [] } = map.value ?? {}
    return inUnitSquare(
      Float32Array.from({ length: 2 * x.length }, (_, i) => (i % 2 ? -(y[i >> 1] ?? 0) : (x[i >> 1] ?? 0))),
    )
  }, [map.value])
  const colors = useMemo(
    () =>
      (map.value?.labels ?? []).map((label, place) => {
        // Thirds of numbers are no labels that have a color.
        return store.kind.value === 'regression' ? `var(--c${place})` : store.colorOf(label)
      }),
    [map.value],
  )
  const { ids = [], label = [], labels = [] } = map.value ?? {}
  if (map.value === null)
    return (
      <section class="card" aria-labelledby="map">
        <h2 id="map">How the network sees them</h2>
        <p class="soft">{pending.value ? 'The network looks at each of them …' : 'There is no map of them.'}</p>
      </section>
    )
  if (ids.length === 0) return null
  const points = byNeighbors.value && arranged.value ? arranged.value : principal
  return (
    <section class="card" aria-labelledby="map">
      <div class="row spread">
        <h2 id="map">How the network sees them</h2>
        <div class="tabs" role="group" aria-label="How the map is made">
          <button type="button" aria-pressed={!byNeighbors.value} onClick={() => (byNeighbors.value = false)}>
            Principal components
          </button>
          <button
            type="button"
            aria-pressed={byNeighbors.value}
            disabled={ids.length < FEWEST}
            onClick={() => (byNeighbors.value = true)}
          >
            Neighbors (UMAP){share.value !== null && ` ${percent(share.value)}`}
          </button>
        </div>
      </div>
      <PointMap
        label={`Map of ${count(ids.length, 'example')}. Arrow keys go from one to the next, Enter opens it, plus and minus zoom, 0 shows all.`}
        points={points}
        groups={label}
        colors={colors}
        nameOf={(place) => labels[label[place] ?? -1] ?? 'without a label'}
        onOpen={(place) => store.open('On the map', [ids[place] ?? ''])}
        theme={theme.value}
      />
      <ul class="legend">
        {labels.map((name, place) => (
          <li key={name}>
            <Swatch color={colors[place] ?? ''} /> {name}
          </li>
        ))}
        {label.includes(-1) && (
          <li>
            <Swatch color="var(--edge)" /> without a label
          </li>
        )}
      </ul>
    </section>
  )
}
