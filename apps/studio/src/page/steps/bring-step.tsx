import { useSignal } from '@preact/signals'
import type { LabelKind, Project, ProjectKind } from '../../api/types.js'
import { Camera } from '../parts/camera.js'
import { DropZone } from '../parts/drop-zone.js'
import { Icon } from '../parts/icons.js'
import { JobBar } from '../parts/job-bar.js'
import { kept } from '../state/kept.js'
import { queueKind } from '../state/queue-kind.js'
import { go } from '../state/route.js'
import { bring, bringAs, looking, unclear, type Unclear as Dropped, upload, uploadInWords } from '../state/uploads.js'
import { useStore } from '../state/use-store.js'
import type { Way } from '../view/dropped.js'
import { pastedRows } from '../view/pasted.js'
import { capitalized, count } from '../view/words.js'
import { RepliesCard } from './replies-card.js'

const drops = {
  text: 'Drop tables of texts here (.csv, .tsv, .jsonl)',
  /** Texts that texts are written for. */
  pairs: 'Drop tables or catalogs of texts here (.csv, .tsv, .jsonl, .po, .tmx, or en.json with de.json)',
  picture: 'Drop pictures here, or folders named after what they show',
  card: 'Drop the tables of your shop here: its items, and who took what',
}

/** Data come in. */
export function BringStep() {
  const store = useStore()
  const project = store.project.value
  if (!project) return null
  const { brings } = project
  return (
    <>
      <header class="stack">
        <h1>{brings === null ? 'What shall it learn?' : 'Bring your examples'}</h1>
        <p class="lead">
          {brings === null
            ? 'Drop what you have, or begin with one of these. All stays on this computer, in the folder of the project.'
            : brings === 'card'
              ? 'A catalog of items, and who took which of them. More choices make better lists.'
              : project.kind === 'text'
                ? `Texts with their ${project.labelName}, a hundred or more. What has none yet gets one in the next step.`
                : project.kind === 'regression'
                  ? 'Some dozens of examples with their number are a good beginning. What has none yet gets one in the next step.'
                  : 'About ten examples of each label are a good beginning. What has no label yet gets one in the next step.'}
        </p>
      </header>
      <DropZone disabled={!project.writable} onFiles={(files) => void bring(store, files)}>
        <div>
          <h2>
            {brings === null
              ? 'Drop pictures, folders or tables here'
              : project.kind === 'text'
                ? drops.pairs
                : drops[brings]}
          </h2>
          <p class="soft small">Nothing leaves this computer.</p>
        </div>
      </DropZone>
      <UploadState />
      {looking.value && (
        <p class="card" role="status">
          Looks what it is …
        </p>
      )}
      {brings === null && unclear.value && <Unclear kinds={project.kinds} dropped={unclear.value} />}
      {brings === null && <Begin kinds={project.kinds} found={project.found} />}
      {brings === 'text' && <TypeTexts />}
      {brings === 'picture' && <TakePictures />}
      {brings === 'card' && (
        <section class="card row spread" style={{ flexDirection: 'row' }} aria-label="Record">
          <p>Who took what can also be clicked together.</p>
          <button type="button" onClick={() => go('label')}>
            Record it
          </button>
        </section>
      )}
      {project.has.replies && project.counts.total > 0 && <RepliesCard />}
      {project.has.check && project.counts.total > 0 && <Check />}
    </>
  )
}

function UploadState() {
  const store = useStore()
  const state = upload.value
  if (!state) return null
  return (
    <section class="card" aria-label="What was brought">
      <div class="row spread" style={{ flexWrap: 'nowrap' }}>
        <p role="status">{uploadInWords(state, store.brings.value === 'card' ? 'row' : 'example')}</p>
        {state.done === state.total && (
          <button type="button" class="quiet icon" aria-label="Close" onClick={() => (upload.value = undefined)}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {state.done < state.total && <progress aria-label="Files" value={state.done} max={state.total} />}
      {state.refused.length > 0 && (
        <ul class="stack small">
          {state.refused.slice(0, 20).map(({ name, message }) => (
            <li key={name}>
              <strong>{name}</strong>: {message}
            </li>
          ))}
          {state.refused.length > 20 && <li class="soft">and {state.refused.length - 20} more</li>}
        </ul>
      )}
    </section>
  )
}

/** What was dropped can be several things, or none that is known by itself: somebody says what it is. */
function Unclear({ kinds, dropped }: { kinds: readonly ProjectKind[]; dropped: Dropped }) {
  const store = useStore()
  const { files, ways } = dropped
  const isOne = files.length === 1
  const names = files.slice(0, 3).map(({ name }) => name)
  const areTasks = new Set(ways.map(({ task }) => task)).size > 1
  const shown: readonly Way[] = ways.length > 0 ? ways : kinds.map(({ task }) => ({ task }))
  /** One task can be several kinds; several tasks, or none, say what they are. */
  const nameOf = (way: Way): string => {
    if (ways.length > 0 && !areTasks && way.kind !== undefined) return kindNames[way.kind]
    const description = kinds.find(({ task }) => task === way.task)?.description ?? way.task
    const isAlone = ways.filter(({ task }) => task === way.task).length < 2
    return isAlone || way.kind === undefined ? description : `${description}, ${kindNames[way.kind]}`
  }
  return (
    <section class="card" aria-labelledby="unclear">
      <div class="row spread">
        <h2 id="unclear">{isOne ? 'What is this?' : 'What are these?'}</h2>
        <button type="button" class="quiet icon" aria-label="Close" onClick={() => (unclear.value = undefined)}>
          <Icon name="close" />
        </button>
      </div>
      <p role="status">
        {names.join(', ')}
        {files.length > names.length && ` and ${files.length - names.length} more`}
        {ways.length === 0
          ? `: nothing in ${isOne ? 'it says what it is' : 'them says what they are'}.`
          : areTasks || ways[0]?.kind === undefined
            ? ' can be read in more than one way.'
            : `: ${looks[ways[0].kind]}. What does each example have?`}
      </p>
      <div class="row">
        {shown.map((way, place) => (
          <button
            key={way.task + way.kind}
            type="button"
            class={place === 0 && ways.length > 0 && !areTasks ? 'main' : ''}
            onClick={() => void bringAs(store, way, files)}
          >
            {capitalized(nameOf(way))}
          </button>
        ))}
      </div>
    </section>
  )
}

/** Why labels are taken for what they are, where that is a guess. */
const looks: Readonly<Record<LabelKind, string>> = {
  classification: 'its labels are few numbers, which can be classes',
  'multi-label': 'its labels look like several in one',
  regression: 'its labels look like amounts',
  text: 'its labels are texts',
}

const icons = { text: 'text', picture: 'picture', card: 'shop' } as const

function Begin(props: { kinds: readonly ProjectKind[]; found: Project['found'] }) {
  const store = useStore()
  const chosen = useSignal<Readonly<Record<string, LabelKind>>>({})
  const choice = (of: string, kinds: readonly LabelKind[], likeliest?: LabelKind) =>
    kinds.length > 1 && (
      <KindChoice
        kinds={kinds}
        value={chosen.value[of] ?? likeliest}
        onChange={(kind) => (chosen.value = { ...chosen.value, [of]: kind })}
      />
    )
  const begin = async (request: {
    task: string
    sample?: boolean
    data?: string
    kind?: LabelKind | undefined
  }): Promise<void> => {
    const made = await store.attempt(() => store.studio.create(request))
    if (made) await store.refresh()
  }
  return (
    <>
      {props.found.length > 0 && (
        <section class="card" aria-labelledby="found">
          <h2 id="found">Already in this folder</h2>
          {props.found.map(({ task, data, kinds: likely }, place) => {
            const kind = props.kinds.find((one) => one.task === task)
            const [first] = likely
            return (
              <div key={task + data} class="row spread">
                <span>
                  <code>{data}</code> <span class="soft">as {kind?.description ?? task}</span>
                  {first !== undefined && likely.length > 1 && (
                    <span class="small soft"> ({looks[first]}: choose what each example has)</span>
                  )}
                </span>
                <span class="row">
                  {choice(task + data, kind?.kinds ?? [], first)}
                  <button
                    type="button"
                    class={place === props.found.findIndex((one) => one.data === data) ? 'main' : ''}
                    onClick={() => void begin({ task, data, kind: chosen.value[task + data] ?? first })}
                  >
                    Open it
                  </button>
                </span>
              </div>
            )
          })}
        </section>
      )}
      <ul
        class="grid"
        style={{ alignItems: 'stretch', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 280px), 1fr))' }}
      >
        {props.kinds.map(({ task, description, brings, kinds, sample }) => (
          <li key={task} class="card">
            <span style={{ color: 'var(--accent)' }}>
              <Icon name={icons[brings]} size={28} />
            </span>
            <h2>{capitalized(description)}</h2>
            <div class="stack" style={{ gap: '6px', marginTop: 'auto' }}>
              {choice(task, kinds)}
              <button type="button" onClick={() => void begin({ task, kind: chosen.value[task] })}>
                Begin empty
              </button>
              {sample && (chosen.value[task] ?? kinds[0]) === kinds[0] && (
                <button type="button" class="quiet" onClick={() => void begin({ task, sample: true })}>
                  With a sample
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

const kindNames: Readonly<Record<LabelKind, string>> = {
  classification: 'one label each',
  'multi-label': 'several labels each',
  regression: 'a number each',
  text: 'a text each',
}

/** What a label is. */
function KindChoice(props: {
  readonly kinds: readonly LabelKind[]
  readonly value: LabelKind | undefined
  readonly onChange: (kind: LabelKind) => void
}) {
  return (
    <select
      aria-label="What each example gets"
      value={props.value ?? props.kinds[0] ?? ''}
      style={{ width: 'auto' }}
      onChange={(event) => props.onChange(event.currentTarget.value as LabelKind)}
    >
      {props.kinds.map((kind) => (
        <option key={kind} value={kind}>
          {kindNames[kind]}
        </option>
      ))}
    </select>
  )
}

const draft = kept('bring-text', '')
const draftLabel = kept('bring-label', '')

function TypeTexts() {
  const store = useStore()
  const rows = pastedRows(draft.value, store.kind.value === 'text')
  const add = async (): Promise<void> => {
    const label = draftLabel.value.trim()
    const added = await store.attempt(() =>
      store.studio.addRows({ rows: rows.map((row) => ({ text: row.text, label: row.label ?? (label || null) })) }),
    )
    if (!added) return
    draft.value = ''
    store.say(`${count(added.added, 'example')} added${added.doubles > 0 ? `, ${added.doubles} there already` : ''}.`)
    for (const { message } of added.refused.slice(0, 3)) store.say(message, true)
  }
  const own = rows.filter(({ label }) => label !== null).length
  return (
    <section class="card" aria-labelledby="type">
      <h2 id="type">Type or paste</h2>
      <div class="stack" style={{ gap: '6px' }}>
        <label for="typed">One example a line; rows of a spreadsheet bring their {store.labelName.value}s along</label>
        <textarea
          id="typed"
          rows={4}
          value={draft.value}
          placeholder="The parcel came a day early, thank you!"
          onInput={(event) => (draft.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && rows.length > 0) void add()
          }}
        />
      </div>
      <div class="row">
        <LabelField value={draftLabel.value} onChange={(value) => (draftLabel.value = value)} />
        <button
          type="button"
          class="main"
          disabled={rows.length === 0 || !store.project.value?.writable}
          onClick={() => void add()}
        >
          Add {rows.length > 0 ? count(rows.length, 'example') : ''}
        </button>
        <span class="small soft">
          {own > 0 ? `${own} of them with a ${store.labelName.value} of their own` : 'or press Ctrl and Enter'}
        </span>
      </div>
    </section>
  )
}

function LabelField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const store = useStore()
  const asked = {
    classification: 'Label, if you know it',
    'multi-label': 'Labels: a|b',
    regression: 'Number, if you know it',
    text: `Its ${store.labelName.value}, if you know it`,
  }[store.kind.value ?? 'classification']
  return (
    <div style={{ flex: '0 1 240px' }}>
      <input
        type="text"
        list="known-labels"
        aria-label={asked}
        placeholder={asked}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id="known-labels">
        {store.labelNames.value.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  )
}

let taken = 0

function TakePictures() {
  const store = useStore()
  const label = draftLabel.value.trim()
  const shots = useSignal(0)
  const take = async (picture: Blob): Promise<void> => {
    const name = `camera-${Date.now()}-${++taken}.jpg`
    const added = await store.attempt(() => store.studio.addFile(name, picture, label || undefined))
    if (added) shots.value += added.added
  }
  return (
    <section class="card" aria-labelledby="take-pictures">
      <h2 id="take-pictures">Take pictures</h2>
      <p class="soft">Type what you are going to show, then take ten or more from different sides.</p>
      <div class="row">
        <LabelField value={draftLabel.value} onChange={(value) => (draftLabel.value = value)} />
        {shots.value > 0 && <span role="status">{count(shots.value, 'picture')} taken</span>}
      </div>
      <Camera button={label ? `Take one of ${label}` : 'Take a picture'} onPicture={take} />
    </section>
  )
}

function Check() {
  const store = useStore()
  const check = store.check.value
  const job = store.job.value
  const running = job?.kind === 'check' && job.status === 'running'
  return (
    <section class="card" aria-labelledby="check">
      <div class="row spread">
        <h2 id="check">What is wrong with them?</h2>
        <button
          type="button"
          disabled={store.running.value}
          onClick={() => void store.attempt(() => store.studio.startCheck())}
        >
          {check ? 'Check again' : 'Check them'}
        </button>
      </div>
      {running && job && <JobBar job={job} onCancel={() => void store.attempt(() => store.studio.cancel())} />}
      {!check && !running && (
        <p class="soft">
          {store.brings.value === 'card'
            ? 'Items without a title or called the same, users who took too much, times that cannot be: all is looked for.'
            : 'Doubles, labels that look wrong, labels with too few examples, what gives the answer away: all is looked for.'}
        </p>
      )}
      {check && (
        <>
          <p>
            {check.summary}
            {check.stale && <span class="warn"> The data have changed since.</span>}
          </p>
          {check.suspects.length > 0 && (
            <div class="row spread say">
              <span>{count(check.suspects.length, 'label looks', 'labels look')} wrong.</span>
              <button
                type="button"
                onClick={() => {
                  queueKind.value = 'suspects'
                  go('label')
                }}
              >
                Look through them
              </button>
            </div>
          )}
          <ul class="findings">
            {check.issues
              .filter(({ kind }) => kind !== 'wrong-label')
              .slice(0, 30)
              .map((issue, place, shown) => (
                <li key={issue.kind + issue.ids.join() + issue.labels.join()}>
                  <div>
                    <strong>{[capitalized(issue.title), ...issue.labels].join(' · ')}</strong>
                    {/* What is to be done is said once to all that it is said of. */}
                    {issue.advice !== shown[place - 1]?.advice && <p class="soft small">{issue.advice}</p>}
                  </div>
                  {issue.ids.length > 0 && (
                    <button type="button" onClick={() => store.open(issue.title, issue.ids)}>
                      Open {issue.ids.length}
                      <span class="unseen"> of: {issue.title}</span>
                    </button>
                  )}
                </li>
              ))}
          </ul>
          {check.notes.map((note) => (
            <p key={note} class="small soft">
              {note}
            </p>
          ))}
        </>
      )}
    </section>
  )
}
