import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atMost, type Benchmark } from './figure.js'
import type { Tuned } from './mixed-lengths-child.js'

/** Sessions and memory of tuning on texts of 4 to 512 tokens, beside as many texts that all have 512. */
export function mixedLengths({ texts, epochs }: { readonly texts: number; readonly epochs: number }): Benchmark {
  return {
    title: `Texts of mixed length: the last stage of an encoder tuned on ${texts} texts, ${epochs} epochs`,
    async run() {
      const [mixed, one] = [await tuned('mixed', texts, epochs), await tuned('one', texts, epochs)]
      const beside = ({ sessions, seconds, megabytes, before }: Tuned): string =>
        `${sessions} training sessions, ${seconds.toFixed(0)} s, ${megabytes.toFixed(0)} MB of which ${before.toFixed(0)} before it began`
      return [
        atMost('training sessions of a whole tuning', mixed.sessions, 13, beside(mixed)),
        atMost(
          'most memory, times that of one length',
          mixed.megabytes / one.megabytes,
          1.3,
          `one length: ${beside(one)}`,
        ),
      ]
    },
  }
}

async function tuned(...words: readonly (string | number)[]): Promise<Tuned> {
  const script = fileURLToPath(new URL('mixed-lengths-child.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...words.map(String)])
  return JSON.parse(stdout) as Tuned
}
