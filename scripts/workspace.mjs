#!/usr/bin/env node
/**
 * The commands of the workspace: `npm run setup | demo | test | docs | bench | pack`. Plain JavaScript on nothing but Node, since it
 * runs before anything is installed. Each command first does all the set-up that is still to be done.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
/** Every member of the workspace that is there. */
const members = ['packages', 'apps']
  .flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
  )
  .concat('benchmarks')
  .filter((path) => existsSync(join(root, path, 'package.json')))

const commands = { setup, demo, test, docs, bench, pack }
const [name, ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`scripts/workspace.mjs: expected one of ${Object.keys(commands).join(', ')}, got ${name ?? 'nothing'}.`)
  process.exit(2)
}
process.exitCode = command(rest)

/** Installs what the lock file names, and builds. */
function setup() {
  return install() || turbo(['run', 'build'], { quiet: true })
}

/** Runs every sample app on its built-in data. */
function demo(args) {
  const failed = setup()
  if (failed) return failed
  for (const app of members.filter((path) => path.startsWith('apps'))) {
    const code = run(process.execPath, [join(root, app, 'dist/main.js'), ...args])
    if (code) return code
  }
  return 0
}

/** Type check, lint, tests; ends with one line of counts. */
function test() {
  const results = members.map((path) => join(root, path, 'test-results.json'))
  // Turbo puts back those of the packages that have not changed.
  for (const path of results) rmSync(path, { force: true })
  const failed =
    install() ||
    turbo(['run', 'typecheck', 'lint', 'test', '--continue', ...(process.env.CI ? [] : ['--output-logs=new-only'])])
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
function docs() {
  return install() || turbo(['run', 'docs', '--output-logs=new-only'])
}

/** Measures: accuracy, speed and memory beside peers, in one run. */
function bench(args) {
  return setup() || pnpm(['--filter', '@headstart/benchmarks', 'run', 'bench', ...args])
}

/** Packs every package, as it is published, into a folder. */
function pack([folder = 'packed']) {
  const target = resolve(root, folder)
  return setup() || pnpm(['-r', '--filter', './packages/**', 'pack', '--pack-destination', target])
}

function install() {
  return pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { quiet: true })
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

/** Runs a program to its end; a quiet one is heard only when it fails. */
function run(program, args, { quiet = false } = {}) {
  const shell = process.platform === 'win32'
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env,
    shell,
    stdio: ['inherit', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error) console.error(`${program}: ${error.message}`)
  if (quiet && status !== 0) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  return status ?? 1
}
