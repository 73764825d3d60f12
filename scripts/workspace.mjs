#!/usr/bin/env node
/**
 * The commands of the workspace: `npm run setup | demo | test | docs | bench | conformance | matrix | campaign | pack`. Plain JavaScript on nothing but
 * Node, since it runs before anything is installed. Each command first does all the set-up that is still to be done.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
/** Every member of the workspace that is there. */
const members = ['packages', 'apps']
  .flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
  )
  .concat('benchmarks', 'scripts/matrix', 'scripts/campaign')
  .filter((path) => existsSync(join(root, path, 'package.json')))

/** When progress was said last, in milliseconds since the start. */
let lastSaid = 0
/** Apps of the demo: the one in which transfer helps most comes first, by their own figures; others follow. */
const firstApps = ['sentiment', 'cat-detection']

const commands = { setup, demo, test, docs, bench, conformance, matrix, campaign, pack }
const [name, ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`scripts/workspace.mjs: expected one of ${Object.keys(commands).join(', ')}, got ${name ?? 'nothing'}.`)
  process.exit(2)
}
process.exitCode = await command(rest)

/** Installs what the lock file names, and builds. */
async function setup() {
  return (await install()) || (await build())
}

/** Runs every sample app on its built-in data. */
async function demo(args) {
  const failed = await setup()
  if (failed) return failed
  const rank = (app) => (firstApps.includes(app) ? firstApps.indexOf(app) : firstApps.length)
  const apps = members.filter((path) => path.startsWith('apps') && has(path, 'demo')).map((path) => basename(path))
  const ordered = apps.toSorted((a, b) => rank(a) - rank(b))
  const pages = []
  for (const [place, app] of ordered.entries()) {
    progress(`sample app ${place + 1} of ${apps.length}: ${app}`)
    const onLine = (line) => {
      console.log(line)
      pages.push(...(line.match(/(?:file|https?):\/\/\S+\.html\b/g) ?? []))
    }
    const code = await run(process.execPath, [join(root, 'apps', app, 'dist/main.js'), ...args], { onLine })
    if (code) return code
    console.log()
  }
  progress('done. What to try next stands in README.md: npx headstart init')
  for (const page of pages) console.log(`Page to look at: ${page}`)
  return 0
}

/** Type check, lint, tests; ends with one line of counts. */
async function test() {
  const results = members.map((path) => join(root, path, 'test-results.json'))
  // Turbo puts back those of the packages that have not changed.
  for (const path of results) rmSync(path, { force: true })
  const newOnly = '--output-logs=new-only'
  const failed =
    (await install()) ||
    (await turbo(['run', 'typecheck', 'lint', 'test', '--continue', ...(process.env.CI ? [] : [newOnly])]))
  const counts = { passed: 0, failed: 0 }
  for (const path of results.filter(existsSync)) {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(path, 'utf8'))
    counts.passed += numPassedTests
    counts.failed += numFailedTests
    if (numPendingTests > 0)
      console.log(
        `${numPendingTests} left out in ${relative(root, dirname(path))}: see above, or its README, for what they need.`,
      )
  }
  // A type error, a lint error or a crash is a failure too, though no test counted it.
  if (failed && counts.failed === 0) counts.failed = 1
  console.log(`${counts.passed} passed, ${counts.failed} failed`)
  return failed
}

/** Writes the reference of all packages into docs/api, and checks the links of all Markdown. */
async function docs() {
  return (await install()) || turbo(['run', 'docs', '--output-logs=new-only'])
}

/** Measures: accuracy, speed and memory beside peers, in one run. */
async function bench(args) {
  return (await setup()) || pnpm(['--filter', '@headstart/benchmarks', 'run', 'bench', ...args])
}

/** Reads, runs, cuts and differentiates every network of a folder, and compares; exit code 1 where anything is wrong. */
async function conformance(args) {
  const paths = args.map((path) => resolve(path))
  return (await setup()) || pnpm(['--filter', '@headstart/onnx', 'run', 'conformance', ...paths])
}

/** Packs every package, as it is published, into a folder. */
async function pack([folder = 'packed']) {
  const target = resolve(root, folder)
  return (
    (await setup()) ||
    pnpm(['-r', '--filter', './packages/**', '--filter', './apps/studio', 'pack', '--pack-destination', target])
  )
}

/** Runs a real program in every environment, from packed tarballs: Node, Bun, Deno, bundlers, frameworks, test runners. */
async function matrix(args) {
  return (await setup()) || pnpm(['--filter', '@headstart/matrix', 'run', 'matrix', ...args])
}

/** Does to it on purpose what goes wrong on real machines, and counts: kills, company, full disks, damaged and hostile files. */
async function campaign(args) {
  return (await setup()) || pnpm(['--filter', '@headstart/campaign', 'run', 'campaign', ...args])
}

async function install() {
  const packages = (line) => /added (\d+)/.exec(line)?.[1]
  const task = working('installing packages', 'from the npm registry, which takes minutes the first time')
  const onLine = (line) => packages(line) && task.detail(`${packages(line)} added so far`)
  return task.done(await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { onLine, quiet: true }))
}

/** Builds every package that has changed since it was built last. */
async function build() {
  const all = members.filter((path) => has(path, 'build'))
  const seen = new Set()
  const task = working('building')
  const onLine = (line) => {
    const [, name, isMiss] = /^(\S+):build: cache (?:hit|(miss))/.exec(line) ?? []
    if (name === undefined) return
    seen.add(name)
    if (isMiss) progress(`building package ${seen.size} of ${all.length}: ${name}`)
  }
  return task.done(await turbo(['run', 'build'], { onLine, quiet: true }))
}

/** Whether a member of the workspace has a script of that name. */
function has(path, script) {
  return script in (JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).scripts ?? {})
}

function turbo(args, options) {
  return pnpm(['exec', 'turbo', ...args, '--concurrency=2'], options)
}

/** pnpm in the version that package.json names: the one on the PATH where it is that one, else through npm. */
function pnpm(args, options) {
  const wanted = packageManager.replace(/^pnpm@/, '')
  const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  return found.status === 0 && found.stdout.trim() === wanted
    ? run('pnpm', args, options)
    : run('npx', ['--yes', `pnpm@${wanted}`, ...args], options)
}

/** What is done now, with the seconds since the start, on stderr: so that nobody waits before an empty screen. */
function progress(what) {
  lastSaid = performance.now()
  console.error(`[${String(Math.round(performance.now() / 1000)).padStart(3)} s] ${what}`)
}

/** Says that work begins, where nothing was said for ten seconds that it goes on, and that it is done where it took more than a moment. */
function working(what, note = '') {
  const started = performance.now()
  let detail = ''
  progress(`${what} ${note}`.trim())
  const beat = setInterval(() => {
    if (performance.now() - lastSaid > 10_000) progress(`still ${what}${detail && `: ${detail}`}`)
  }, 1000)
  return {
    detail: (text) => (detail = text),
    /** Ends it. @returns the exit code that it is given */
    done(code) {
      clearInterval(beat)
      const seconds = Math.round((performance.now() - started) / 1000)
      if (!code && seconds > 5) progress(`done with ${what}, in ${seconds} s`)
      return code
    },
  }
}

/**
 * Runs a program to its end.
 * @param options onLine: told of each line of its standard output, which is not shown then. quiet: what it says is shown only
 *   when it fails.
 * @returns its exit code
 */
function run(program, args, { onLine, quiet = false } = {}) {
  const said = []
  const isColored = !quiet && process.stdout.isTTY && !process.env.NO_COLOR
  const child = spawn(program, args, {
    cwd: root,
    // A pipe is no terminal.
    env: { ...env, ...(onLine && isColored && { FORCE_COLOR: '1' }) },
    shell: process.platform === 'win32',
    stdio: ['inherit', onLine ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
  })
  if (quiet) child.stderr.on('data', (bytes) => said.push(bytes))
  if (onLine) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(`${line}\n`)
      onLine(line)
    })
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`)
      resolve(1)
    })
    child.on('close', (status) => {
      if (quiet && status !== 0) for (const part of said) process.stderr.write(part)
      resolve(status ?? 1)
    })
  })
}
