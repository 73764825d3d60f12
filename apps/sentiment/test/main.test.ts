import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

let folder: string
let output: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-sentiment-'))
  const env = { ...process.env, HEADSTART_CACHE: join(folder, 'cache'), NO_COLOR: '1' }
  output = (await promisify(execFile)(process.execPath, [main, join(folder, 'model')], { env })).stdout
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the sentiment app', () => {
  it.each(['amazon', 'imdb', 'yelp'])('knows sentiment in %s, of which it has seen nothing', (unseen) => {
    const line = output.split('\n').find((text) => text.includes(` on ${unseen}`)) ?? ''
    const [same, other] = [...line.matchAll(/(0\.\d{3}) \(/g)].map(([, figure]) => Number(figure))
    // Always answering one class is right for half of them.
    expect(same).toBeGreaterThan(0.8)
    expect(other).toBeGreaterThan(0.75)
  })

  it('shows that transfer helps at every number of examples', () => {
    expect(output).toMatch(/With 8 examples .* helped.* With 16 examples .* helped.* With 64 examples .* helped/)
  })

  it('saves the model, loads it and asks it', async () => {
    expect((await readdir(join(folder, 'model'))).toSorted()).toEqual([
      'headstart.json',
      'model.onnx',
      'network-alone.onnx',
      'polarity-en.json',
      'vocab.json',
      'words.json',
    ])
    expect(output).toMatch(/Best coffee I have had in years.* positive +0\.\d/)
    expect(output).toMatch(/It stopped charging after two days.* negative +0\.\d/)
  })
})
