import { readFile } from 'node:fs/promises'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

const header = 'text,Remark,Verdict,label'
/** A table whose usual names stand over something else: what it is about, and by whom. */
function rows(skip: number): string {
  const quoted = ({ label, text }: { label: string; text: string }): string =>
    `lunch,"${text.replaceAll('"', '""')}",${label},visitor`
  return `${header}\n${reviews(8, skip).map(quoted).join('\n')}\n`
}

let scene: Scene
let test: string
let model: string
beforeAll(async () => {
  scene = await openScene()
  const train = await scene.write('train.csv', rows(0))
  test = await scene.write('test.csv', rows(8))
  model = scene.path('model')
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  const columns = ['--text-column', 'Remark', '--label-column', 'Verdict']
  const flags = ['--task', 'text', '--backbone', scene.path('tiny-bert'), '--l2', '0.01', '--keep', '--out', model]
  expect(await scene.run(['train', train, ...flags, ...columns])).toMatchObject({ code: 0 })
})
afterAll(() => scene.remove())

describe('a model whose columns were named when it was trained', () => {
  it('is measured by the same columns, which is said', async () => {
    const { code, stdout, stderr } = await scene.run(['evaluate', model, test, '--json'])
    expect(stderr).toContain('the column "Remark" is taken for the text, as in training')
    expect(stderr).toContain('the column "Verdict" is taken for the label, as in training')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { perClass: unknown[] }).perClass).toMatchObject([
      { label: 'negative', support: 8 },
      { label: 'positive', support: 8 },
    ])
  })

  it('is asked by them, row by row and in shards alike', async () => {
    const [first] = reviews(1, 8)
    const { stdout } = await scene.run(['predict', model, test])
    expect(stdout).toContain(JSON.stringify(first?.text))
    expect(stdout).not.toContain('lunch')
    for (const out of ['row by row.csv', 'in shards'])
      expect(await scene.run(['predict', model, test, '--out', scene.path(out)])).toMatchObject({ code: 0 })
    const named = ['predict', model, test, '--text-column', 'Remark', '--out']
    expect((await scene.run([...named, scene.path('named.csv')])).stderr).not.toContain('is taken for')
    expect(await scene.run([...named, scene.path('named')])).toMatchObject({ code: 0 })
    const read = (name: string): Promise<string> => readFile(scene.path(name), 'utf8')
    expect(await read('row by row.csv')).toBe(await read('named.csv'))
    const parts = async (name: string): Promise<unknown> =>
      (JSON.parse(await read(`${name}/manifest.json`)) as { shards: { hash: string }[] }).shards
    expect(await parts('in shards')).toMatchObject([{ sha256: expect.any(String) as string }])
    expect(await parts('in shards')).toEqual(await parts('named'))
  })

  it('learns more, forgets and chooses what to label next by them', async () => {
    const next = await scene.run(['next', model, test, '--count', '3', '--json'])
    expect(next.stdout).not.toContain('lunch')
    const extended = scene.path('extended')
    expect((await scene.run(['extend', model, test, '--out', extended, '--json'])).stdout).toContain('"examples":32')
    const again = await scene.run(['forget', extended, test, '--out', scene.path('again'), '--json'])
    expect(again.stdout).toContain('"examples":16')
  })

  it('reads a table without them by the usual names', async () => {
    const other = await scene.write('other.csv', 'id,text\n1,Cold soup.\n')
    expect(await scene.run(['predict', model, other])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"Cold soup."') as string,
      stderr: '',
    })
  })

  it('takes a column that is named now', async () => {
    const { stdout } = await scene.run(['predict', model, test, '--text-column', 'text'])
    expect(stdout).toContain('"lunch"')
  })
})
