import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Benchmark, atMost } from './figure.js'
import { secondsOf, withEmptyCache } from './measure.js'

const apps = ['cat-detection', 'chatbot', 'recommendations', 'sentiment']
const sayMemory = "process.on('exit',()=>process.stderr.write('peak='+process.resourceUsage().maxRSS))"

/** What `npm run demo` costs once everything is installed. */
export const demo: Benchmark = {
  title: 'The sample apps, nothing cached',
  run: () =>
    withEmptyCache(async (folder) => {
      let peak = 0
      const seconds = await secondsOf(async () => {
        for (const app of apps) peak = Math.max(peak, await run(app, folder))
      })
      return [
        atMost('time', seconds, 60, 'all apps, one after the other', ' s'),
        atMost('memory', peak / 2 ** 20, 1.5, 'peak resident set of the largest', ' GB'),
      ]
    }),
}

/** Runs an app. @returns its peak memory in KiB. */
function run(app: string, cache: string): Promise<number> {
  const main = fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url))
  const args = ['--import', `data:text/javascript,${encodeURIComponent(sayMemory)}`, main]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HEADSTART_CACHE: cache },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const peak = /peak=(\d+)$/.exec(said)?.[1]
      if (code === 0 && peak) resolve(Number(peak))
      else reject(new Error(`${main}: expected to end with code 0, got ${code}. It said: ${said}`))
    })
  })
}
