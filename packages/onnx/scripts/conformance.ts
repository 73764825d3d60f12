/**
 * Every network of a folder is read, encoded again, run, cut, differentiated and compared: `npm run conformance -- FOLDER`.
 * See `conformance` for what it is compared with. Ends with exit code 1 where anything is wrong.
 */
import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { conformance, type Outcome, type Outcomes, steps } from '../test/conformance.js'

if (process.send) {
  process.on('message', (path: string) => void conformance(path).then((outcomes) => process.send?.(outcomes)))
} else process.exitCode = await main(process.argv[2])

async function main(folder: string | undefined): Promise<number> {
  const names = folder === undefined ? [] : networksIn(folder)
  if (folder === undefined || names.length === 0) {
    console.error(`conformance: expected a folder with .onnx files, got ${folder ?? 'none'}.`)
    return 2
  }
  const width = Math.max(...names.map((name) => name.length))
  console.log([''.padEnd(width), ...steps.map((step) => step.padEnd(8))].join('  '))
  const notes: string[] = []
  let isWrong = false
  let ask = worker()
  for (const name of names) {
    const outcomes = await ask(join(folder, name))
    if (!outcomes) ask = worker()
    const taken: Outcomes = outcomes ?? { read: { wrong: 'it ended the process' } }
    console.log([name.padEnd(width), ...steps.map((step) => word(taken[step]).padEnd(8))].join('  ').trimEnd())
    for (const step of steps) {
      const outcome = taken[step]
      if (outcome === undefined || outcome === 'ok') continue
      isWrong ||= 'wrong' in outcome
      notes.push(`${name}, ${step}: ${'wrong' in outcome ? `WRONG: ${outcome.wrong}` : outcome.refused}`)
    }
  }
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`)
  return isWrong ? 1 : 0
}

function networksIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.onnx'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** A process beside this one, which a network may end. What it is asked gives undefined then. */
function worker(): (path: string) => Promise<Outcomes | undefined> {
  const child = fork(fileURLToPath(import.meta.url))
  child.unref()
  child.channel?.unref()
  return (path) =>
    new Promise((resolve) => {
      child.ref()
      child.channel?.ref()
      const done = (outcomes?: Outcomes): void => {
        child.off('message', done).off('exit', ended)
        child.unref()
        child.channel?.unref()
        resolve(outcomes)
      }
      const ended = (): void => done()
      child.on('message', done).on('exit', ended)
      child.send(path)
    })
}

function word(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome === 'ok') return outcome ?? '-'
  return 'wrong' in outcome ? 'WRONG' : 'refused'
}
