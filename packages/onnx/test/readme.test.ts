import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'
import { readOnnx } from '../src/graph/file.js'
import { float32 } from '../src/graph/tensor.js'
import { fixture } from './fixture.js'
import { runGraph } from './run-graph.js'
import '../src/test/index.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['example', 'training', 'gradients'])
    await copyFile(fixture('classifier').path, join(examples.folder, 'classifier.onnx'))
  })
  afterAll(() => examples.remove())

  it('compile', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('trains from a loss of log(2) to next to none', () => {
    const { stdout, stderr } = examples.run('training')
    expect(stderr).toBe('')
    expect(stdout).toBe('0 0.7\n49 0.0\n[ 2, 2 ]\n')
  })

  it('trains with the gradient', () => {
    const { stdout, stderr, status } = examples.run('gradients')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const losses = stdout.trim().split('\n').map(Number)
    expect(losses).toHaveLength(20)
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses)
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number))
  })

  it('prints what the README says, and writes a model', async () => {
    const { stdout, stderr, status } = examples.run('example')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const said = /```text\n(.*?)```/s.exec(examples.readme)?.[1] ?? ''
    expect(stdout.startsWith(said)).toBe(true)
    const numbers = stdout.slice(said.length).match(/\[([\d., \n]+)\]/g) ?? []
    const [dims, data] = numbers.map((text) => JSON.parse(text) as number[])
    expect(dims).toEqual([2, 3])
    const expected = [0.125, 0.25, 0.625, 0.125, 0.25, 0.625]
    expect(data ?? []).toBeAllclose(expected)

    const model = await readOnnx(join(examples.folder, 'model.onnx'))
    const { probabilities } = await runGraph(model, { x: float32([2, 3], [1, 2, 3, 4, 5, 6]) })
    expect(probabilities).toBeAllclose(float32([2, 3], expected))
  })
})
