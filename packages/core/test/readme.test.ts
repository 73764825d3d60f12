import { readFile } from 'node:fs/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from './temporary-folder.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it('the example of the README is the one that is compiled and run, and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const source = await readFile(new URL('readme-example.ts', import.meta.url), 'utf8')
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(source.replace('../src/index.js', '@headstart/core'))

  vi.stubEnv('HEADSTART_CACHE', await temporaryFolder())
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')))
  await import('./readme-example.js')
  expect(readme).toContain(`It prints ${lines.map((line) => `\`${line}\``).join(' and ')}.`)
})
