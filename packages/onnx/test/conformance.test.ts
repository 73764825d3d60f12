import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { conformance } from './conformance.js'
import { fixturePath } from './fixture.js'
import { temporaryFolder } from './temporary-folder.js'

const names = ['albert', 'convnext', 'deberta', 'modernbert', 'roberta', 'vit']
const allOk = { read: 'ok', encoded: 'ok', run: 'ok', cut: 'ok', gradient: 'ok' }

/** A folder with one of the networks, and its numbers with one of them changed. */
async function changed(place: 'expected' | 'gradients'): Promise<string> {
  const folder = await temporaryFolder()
  for (const end of ['onnx', 'json', 'bin'])
    cpSync(fixturePath(`exported/roberta.${end}`), join(folder, `roberta.${end}`))
  const json = JSON.parse(readFileSync(join(folder, 'roberta.json'), 'utf8')) as {
    expected: { offset: number }
    gradients: Record<string, { offset: number }>
  }
  const { offset } = place === 'expected' ? json.expected : (Object.values(json.gradients)[0] as { offset: number })
  const bytes = readFileSync(join(folder, 'roberta.bin'))
  bytes.writeFloatLE(7, offset)
  writeFileSync(join(folder, 'roberta.bin'), bytes)
  return folder
}

describe('npm run conformance', () => {
  it.each(names)('has networks read, encoded, run, cut and differentiated: %s', async (name) => {
    expect(await conformance(fixturePath(`exported/${name}.onnx`))).toEqual(allOk)
  })

  it('finds an output that is another one', async () => {
    const folder = await changed('expected')
    const { run } = await conformance(join(folder, 'roberta.onnx'))
    expect(run).toEqual({ wrong: expect.stringMatching(/^encoding, element 0: expected 7, got -?\d/) })
  })

  it('takes a written gradient of another convention where finite differences agree', async () => {
    const folder = await changed('gradients')
    expect((await conformance(join(folder, 'roberta.onnx'))).gradient).toBe('ok')
  })

  it('says what is wrong, and ends with exit code 1', async () => {
    const folder = await changed('expected')
    const script = fileURLToPath(new URL('../scripts/conformance.ts', import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', script, folder], { encoding: 'utf8' })
    expect(stdout).toMatch(/roberta\.onnx +ok +ok +WRONG/)
    expect(stdout).toMatch(/roberta\.onnx, run: WRONG: encoding, element 0: expected 7, got/)
    expect(status).toBe(1)
  }, 30_000)
})
