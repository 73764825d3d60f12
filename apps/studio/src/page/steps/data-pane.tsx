import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Example } from '../../api/types.js'
import { Icon } from '../parts/icons.js'
import { Swatch, swatch } from '../parts/swatch.js'
import { nameOf } from '../parts/thing.js'
import { VirtualList } from '../parts/virtual-list.js'
import { ExamplePages } from '../state/example-pages.js'
import { useStore } from '../state/use-store.js'
import { detailsInWords } from '../view/details.js'
import { count, shortened } from '../view/words.js'

/** The data, always in sight: how many of each label, and each of them. */
export function DataPane() {
  const store = useStore()
  const project = store.project.value
  const search = useSignal('')
  const open = useSignal(false)
  const pages = useMemo(() => new ExamplePages(store.studio), [])
  const { filter, revision, brings } = store
  useEffect(() => {
    if (brings.value === null) return undefined
    const label = filter.value
    const query = {
      ...(typeof label === 'string' && { label }),
      ...(label === null && { only: 'unlabeled' as const }),
      ...(search.value && { search: search.value }),
    }
    const timer = setTimeout(() => void store.attempt(() => pages.ask(query)), search.value ? 150 : 0)
    return () => clearTimeout(timer)
  }, [filter.value, search.value, revision.value, brings.value])
  if (!project) return <aside class="data" aria-label="Your data" />
  const { counts, labels } = project
  const shop = brings.value === 'card'
  const most = Math.max(1, ...labels.map(({ count }) => count))
  const pages_ = pages.version.value
  return (
    <aside class={`data${open.value ? ' open' : ''}`} aria-label="Your data">
      <div class="row spread" style={{ flexWrap: 'nowrap' }}>
        <h2>
          {shop
            ? [count(counts.total, 'item'), ...(counts.labeled > 0 ? [count(counts.labeled, 'user')] : [])].join(', ')
            : counts.total === 0
              ? 'No data yet'
              : count(counts.total, 'example')}
        </h2>
        <div class="row" style={{ gap: '2px', flexWrap: 'nowrap' }}>
          <button
            type="button"
            class="quiet icon"
            disabled={project.undo === null}
            aria-label={project.undo ? `Undo: ${project.undo}` : 'Nothing to undo'}
            title={project.undo ? `Undo: ${project.undo}` : ''}
            onClick={() => void store.attempt(() => store.studio.undo())}
          >
            <Icon name="undo" />
          </button>
          {project.redo !== null && (
            <button
              type="button"
              class="quiet icon"
              aria-label={`Redo: ${project.redo}`}
              title={`Redo: ${project.redo}`}
              onClick={() => void store.attempt(() => store.studio.redo())}
            >
              <Icon name="redo" />
            </button>
          )}
          <button
            type="button"
            class="quiet only-narrow"
            aria-expanded={open.value}
            onClick={() => (open.value = !open.value)}
          >
            {open.value ? 'Hide' : 'Show'}
          </button>
        </div>
      </div>
      {labels.length > 0 && (
        <div class="strip" aria-hidden="true">
          {labels.map(({ name, count }) => (
            <i key={name} style={swatch(store.colorOf(name), `flex-grow: ${count}`)} />
          ))}
          {counts.unlabeled > 0 && <i style={{ flexGrow: counts.unlabeled }} />}
        </div>
      )}
      {!shop && (labels.length > 0 || counts.unlabeled > 0) && (
        <ul class="bars fold" aria-label="Labels">
          {[...labels, ...(counts.unlabeled > 0 ? [{ name: null, count: counts.unlabeled }] : [])].map(
            ({ name, count }) => (
              <li key={name ?? ''}>
                <button
                  type="button"
                  aria-pressed={filter.value === name}
                  onClick={() => (filter.value = filter.value === name ? undefined : name)}
                >
                  <Swatch color={store.colorOf(name)} />
                  <span class="name">{name ?? <em class="soft">{store.labelInWords(null)}</em>}</span>
                  <span class="number small">{count.toLocaleString('en-US')}</span>
                  <span class="bar" aria-hidden="true">
                    <i style={swatch(store.colorOf(name), `width: ${(100 * count) / Math.max(most, count)}%`)} />
                  </span>
                </button>
              </li>
            ),
          )}
        </ul>
      )}
      {typeof filter.value === 'string' && <RenameLabel key={filter.value} name={filter.value} />}
      {counts.total > 0 && (
        <>
          <div class="fold">
            <input
              type="search"
              aria-label="Search in your data"
              placeholder="Search"
              value={search.value}
              onInput={(event) => (search.value = event.currentTarget.value)}
            />
          </div>
          <div class="fold list-place">
            <VirtualList
              key={`${filter.value}|${search.value}`}
              label={shop ? 'Items' : 'Examples'}
              count={pages.total.value}
              height={brings.value === 'text' ? 54 : 60}
              row={(place) => <ExampleRow example={pages_ >= 0 ? pages.at(place) : undefined} />}
            />
          </div>
        </>
      )}
      {project.files && (
        <p class="small soft fold" title={project.folder}>
          in {shortened(project.files.data, 40)}
        </p>
      )}
    </aside>
  )
}

function ExampleRow({ example }: { example: Example | undefined }) {
  const store = useStore()
  if (!example) return <div class="example soft">…</div>
  const { shown } = example
  return (
    <button type="button" class="example" onClick={() => store.open(shortened(nameOf(example), 60), [example.id])}>
      {shown.type === 'picture' && <img class="thumb" src={store.pictureOf(example, 96)} alt="" loading="lazy" />}
      <span class="what">
        <span>{shortened(nameOf(example), 120)}</span>
        {shown.type === 'card' ? (
          <span class="of">{detailsInWords(shown.details).join(' · ')}</span>
        ) : (
          <span class="of">
            {store.kind.value !== 'text' && <Swatch color={store.colorOf(example.label)} />}{' '}
            <span class="cut">{shortened(store.labelInWords(example.label), 120)}</span>
          </span>
        )}
      </span>
    </button>
  )
}

function RenameLabel({ name }: { name: string }) {
  const store = useStore()
  const text = useSignal(name)
  const rename = async (event: Event): Promise<void> => {
    event.preventDefault()
    const to = text.value.trim()
    if (!to || to === name) return
    const done = await store.attempt(() => store.studio.rename({ from: name, to }))
    if (done) store.filter.value = to
  }
  return (
    <form class="row fold" style={{ flexWrap: 'nowrap' }} onSubmit={(event) => void rename(event)}>
      <input
        type="text"
        aria-label={`New name of ${name}`}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <button type="submit" disabled={text.value.trim() === '' || text.value.trim() === name}>
        Rename
      </button>
    </form>
  )
}
