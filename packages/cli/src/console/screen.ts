import { counted } from '@headstart/core/kit'
import type { EpochEvent, RunOptions, Shown, StepEvent, TrainEvent } from '@headstart/core'
import { SingleBar } from 'cli-progress'
import pc from 'picocolors'
import { sparkline } from './sparkline.js'
import { inFlags } from './in-flags.js'
import type { Terminal } from './terminal.js'

/** What a step of work is called in its progress bar. */
const titles = {
  features: 'features',
  'cross-validation': 'regularization',
  trial: 'trials',
  compare: 'comparison',
  step: 'tuning',
  download: 'download, MB',
  rows: 'rows',
} as const

/** The screen during a command: progress bars and notices on stderr, results on stdout. */
export interface Screen extends RunOptions {
  readonly onEvent: (event: TrainEvent) => void
  readonly signal: AbortSignal
  /** Ends the progress bar, before results are printed or an error is said. */
  end(): void
}

/** Milliseconds between two lines of progress where no bar can be drawn: a log stays short, and what is quick says nothing. */
const betweenLines = 10_000

/** Bars are drawn where stderr is a terminal; else progress is a plain line now and then. */
export function openScreen({ stderr, signal }: Terminal): Screen {
  let lastLine = performance.now()
  const sayLine = (line: string): void => {
    const now = performance.now()
    if (now - lastLine < betweenLines) return
    lastLine = now
    stderr.write(`${line}\n`)
  }
  let bar: { readonly type: string; readonly bar: SingleBar } | undefined
  const end = (): void => {
    bar?.bar.stop()
    bar = undefined
  }
  /** The curve of the run under way: its training losses, which every epoch has. */
  let curve: { readonly run: number; readonly losses: number[] } | undefined
  const sayEpoch = ({ run, runs, epoch, epochs, loss, validationLoss, validationScore }: EpochEvent): void => {
    const figures = [
      `loss ${loss.toFixed(4)}`,
      ...(validationLoss === undefined ? [] : [`validation loss ${validationLoss.toFixed(4)}`]),
      ...(validationScore === undefined ? [] : [`score ${validationScore.toFixed(3)}`]),
    ]
    const place = `run ${run}/${runs}, epoch ${epoch}/${epochs}`.padEnd(22)
    if (!stderr.isTTY) return sayLine(`${place} ${figures.join('  ')}`)
    end()
    if (curve?.run !== run) curve = { run, losses: [] }
    curve.losses.push(loss)
    stderr.write(`${place} ${figures.join('  ')}  ${pc.cyan(sparkline(curve.losses))}\n`)
  }
  const draw = (type: keyof typeof titles, done: number, total: number, note = ''): void => {
    if (!stderr.isTTY) return sayLine(`${titles[type]} ${done}/${total}${note === '' ? '' : `  ${note}`}`)
    if (bar?.type !== type) {
      end()
      const format = `${titles[type].padEnd(14)} ${pc.cyan('{bar}')} {value}/{total} {eta_formatted} {note}`
      bar = { type, bar: new SingleBar({ format, stream: stderr, hideCursor: true, clearOnComplete: true }) }
      bar.bar.start(total, done, { note })
    }
    bar.bar.setTotal(total)
    bar.bar.update(done, { note })
    if (done === total) end()
  }
  /** One bar for all runs, each as long as the one under way, so that it never goes back. */
  const drawStep = ({ type, run, runs, step, steps, loss }: StepEvent): void => {
    const place = runs > 1 ? `run ${run}/${runs}, ` : ''
    draw(type, (run - 1) * steps + step, runs * steps, `${place}loss ${loss.toFixed(4)}`)
  }
  return {
    signal,
    end,
    onEvent(event) {
      switch (event.type) {
        case 'features':
        case 'cross-validation':
        case 'compare':
          draw(event.type, event.done, event.total)
          break
        case 'trial':
          draw(event.type, event.done, event.total, event.what)
          break
        case 'download':
          draw(event.type, Math.floor(event.done / 1e6), Math.ceil(event.total / 1e6))
          break
        case 'rows': {
          const { type, done, total, perSecond, workers } = event
          const by = workers === 1 ? '' : `, ${counted(workers, 'worker')}`
          // A bar says that by itself.
          const left = stderr.isTTY || done === total ? '' : `, ${spanOf((total - done) / perSecond)} left`
          draw(type, done, total, `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s${by}${left}`)
          break
        }
        case 'step':
          drawStep(event)
          break
        case 'epoch':
          sayEpoch(event)
          break
        case 'notice':
          end()
          stderr.write(`${pc.yellow('note:')} ${inFlags(event.message)}\n`)
          break
        case 'head':
          break
      }
    },
  }
}

/** Seconds as people say them. */
function spanOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Prints a result: as one JSON object where asked for, with what the command adds to it, else in words. */
export function print(
  { stdout }: Terminal,
  asJson: boolean | undefined,
  { json, text }: Shown,
  added: object = {},
): void {
  stdout.write(`${asJson ? JSON.stringify({ ...added, ...json }) : inFlags(text())}\n`)
}
