import type { ComponentType } from 'preact'
import { Icon } from './parts/icons.js'
import { lazy } from './parts/lazy.js'
import { type Step, step, steps } from './state/route.js'
import { folderName } from './state/store.js'
import { theme, toggleTheme } from './state/theme.js'
import { useStore } from './state/use-store.js'
import { BringStep } from './steps/bring-step.js'
import { DataPane } from './steps/data-pane.js'
import { LabelStep } from './steps/label-step.js'
import { OpenedExamples } from './steps/opened-examples.js'
import { TrainStep } from './steps/train-step.js'
import { count } from './view/words.js'

const shown: Readonly<Record<Step, ComponentType>> = {
  bring: BringStep,
  label: LabelStep,
  train: TrainStep,
  look: lazy(() => import('./steps/look-step.js').then(({ LookStep }) => LookStep)),
  try: lazy(() => import('./steps/try-step.js').then(({ TryStep }) => TryStep)),
  take: lazy(() => import('./steps/take-step.js').then(({ TakeStep }) => TakeStep)),
}

/** The whole page: steps above, data at the side, the work of a step in the middle. */
export function Page() {
  const store = useStore()
  const project = store.project.value
  const Shown = shown[project?.task ? step.value : 'bring']
  return (
    <>
      <a class="unseen skip" href="#work" onClick={skipToWork}>
        To the work
      </a>
      <div class={`page${project?.task ? '' : ' without-data'}`}>
        <header class="top">
          <div class="brand">
            <Icon name="mark" size={24} />
            <div style={{ minWidth: 0 }}>
              <strong title={project?.folder}>{project ? folderName(project.folder) : 'Headstart studio'}</strong>
              <small role="status">{savedInWords(store.reached.value, store.unsaved.value, project?.writable)}</small>
            </div>
          </div>
          {project?.task ? <Steps /> : <span style={{ flex: 1 }} />}
          <button
            type="button"
            class="quiet icon"
            aria-label={theme.value === 'dark' ? 'Light colors' : 'Dark colors'}
            onClick={toggleTheme}
          >
            <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
          </button>
        </header>
        {project?.task && <DataPane />}
        <main class="work" id="work" tabIndex={-1}>
          {!store.reached.value && (
            <p class="say bad-news" role="alert">
              The studio does not answer: it was ended, or this computer sleeps. What you label meanwhile is kept, and
              sent as soon as it is back.
            </p>
          )}
          {project?.notices.map((notice) => (
            <p key={notice} class="say bad-news">
              {notice}
            </p>
          ))}
          {project && <Shown />}
        </main>
      </div>
      <OpenedExamples />
      <Notes />
    </>
  )
}

function Steps() {
  const store = useStore()
  const project = store.project.value
  const card = store.brings.value === 'card'
  const names: Readonly<Record<Step, string>> = {
    bring: 'Bring',
    label: card ? 'Record' : 'Label',
    train: 'Train',
    look: 'Look',
    try: 'Try',
    take: 'Take',
  }
  const done: Partial<Record<Step, boolean>> = {
    bring: (project?.counts.total ?? 0) > 0,
    label: (project?.counts.labeled ?? 0) > 0 && project?.counts.unlabeled === 0,
    train: project?.model !== null && project?.model.stale === false,
  }
  return (
    <nav class="steps" aria-label="Steps">
      <ol>
        {steps.map((name, place) => (
          <li key={name} class={done[name] ? 'done' : ''}>
            <a href={`#${name}`} aria-current={step.value === name ? 'step' : undefined}>
              <span class="place" aria-hidden="true">
                {place + 1}
              </span>
              {names[name]}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Notes() {
  const store = useStore()
  return (
    <div class="notes" aria-live="polite">
      {store.notes.value.map(({ id, text, bad }) => (
        <div key={id} class={`note${bad ? ' bad-news' : ''}`}>
          <p>{text}</p>
          <button type="button" class="quiet" aria-label="Close" onClick={() => store.hush(id)}>
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  )
}

function savedInWords(reached: boolean, unsaved: number, writable = true): string {
  if (!reached) return unsaved > 0 ? `${count(unsaved, 'label')} kept in this browser` : 'not reached'
  if (unsaved > 0) return 'saving …'
  return writable ? 'saved in the folder' : 'read only'
}

function skipToWork(event: Event): void {
  event.preventDefault()
  document.getElementById('work')?.focus()
}
