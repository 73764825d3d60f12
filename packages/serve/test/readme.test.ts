import { join } from 'node:path'
import { dataset, fineTune } from '@headstart/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['server', 'mounted'])
    const good = ['Would buy again.', 'Great food.', 'Lovely people.', 'The best in town.', 'I loved it.']
    const bad = ['Never again.', 'Awful food.', 'Rude people.', 'The worst in town.', 'I hated it.']
    const labeled = [
      ...good.map((input) => ({ input, label: 'good' })),
      ...bad.map((input) => ({ input, label: 'bad' })),
    ]
    // What is served knows nothing of texts; who asks does.
    const { universalSentenceEncoder } = (await import('@headstart/nlp' as string)) as {
      universalSentenceEncoder(): Promise<Parameters<typeof fineTune<string, 'good' | 'bad'>>[0]>
    }
    const model = await fineTune(await universalSentenceEncoder(), dataset(labeled), {
      l2: 0.01,
      cache: false,
      knowledge: 'none',
    })
    await model.save(join(examples.folder, 'reviews-model'))
    await model.close()
  })
  afterAll(() => examples.remove())

  it('compile', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('a server answers', () => {
    const { stdout, stderr, status } = examples.run('server')
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toMatch(/^200 \{\s+label: 'good'/)
  })

  it('apps have it beside their own', () => {
    expect(examples.run('mounted')).toEqual({ stdout: 'reviews-model function function\n', stderr: '', status: 0 })
  })
})
