import { random } from '@headstart/core/kit'
import { testTask } from '@headstart/core/test'
import { afterAll, describe, expect, it } from 'vitest'
import { numberTask } from './number-rows.js'
import { openScene } from './scene.js'

/** Lines whose label is whether their three numbers are above 0 together. */
function lines(count: number, seed: number): string {
  const { normal } = random(seed)
  const rows = Array.from({ length: count }, () => Array.from({ length: 3 }, () => Number(normal().toFixed(3))))
  return rows.map((row) => [row.reduce((sum, one) => sum + one, 0) > 0 ? 'above' : 'below', ...row].join()).join('\n')
}

const tasks = [{ name: 'numbers', verb: 'predict', load: async () => numberTask }]
const scene = await openScene(tasks)
const [train, test] = [await scene.write('train.txt', lines(60, 1)), await scene.write('test.txt', lines(40, 2))]
afterAll(() => scene.remove())

testTask(numberTask, {
  data: train,
  test,
  comparing: { shots: [4, 8], seeds: 3, methods: ['no-transfer', 'untrained', 'frozen'] },
  queries: [
    [1, 2, 3],
    [-1, -2, 0],
  ],
  unreadable: [1, 2],
})

describe('a domain of one file', () => {
  it('goes through the whole command line', async () => {
    const model = scene.path('model')
    const trained = await scene.run(['train', train, '--task', 'numbers', '--out', model, '--json'])
    expect(trained.stderr).toBe('')
    expect(JSON.parse(trained.stdout)).toMatchObject({ task: 'numbers', backbone: 'sums', labels: ['above', 'below'] })

    const report = JSON.parse((await scene.run(['evaluate', model, test, '--json'])).stdout) as { accuracy: number }
    expect(report.accuracy).toBeGreaterThan(0.9)

    const { code, stdout, stderr } = await scene.run(['predict', model, '3,2,1', '1,2', '0,1,-3'])
    expect(stdout).toMatch(/^above \d\.\d+ {2}3,2,1\nbelow \d\.\d+ {2}0,1,-3\n$/)
    expect(stderr).toContain('"1,2": expected 3 numbers, got 2. Give as many.')
    expect(code).toBe(2)

    const args = [
      'compare',
      train,
      '--task',
      'numbers',
      '--shots',
      '8',
      '--methods',
      'no-transfer,frozen',
      '--test',
      test,
    ]
    expect((await scene.run(args)).stdout).toMatch(/With 8 examples per class transfer helped: \+\d/)
    expect((await scene.run(['train', '--task', 'numbers', '--help'])).stdout).toMatch(
      /--separator <value> +what stands/,
    )
    expect((await scene.run(['backbones', '--json'])).stdout).toContain('"id":"sums"')
  })

  it('says what else there is where a folder is of another domain', async () => {
    const { stderr, code } = await scene.run([
      'predict',
      await scene.folder('other', { 'headstart.json': '{}' }),
      '1,2,3',
    ])
    expect(stderr).toMatch(/other: expected a model for numbers, got one of the kind undefined\. Update headstart\./)
    expect(code).toBe(2)
  })
})
