import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { textLearners } from '@headstart/nlp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.js'
import { sentences } from '../src/sentences.js'

let folder: string
let output = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-sentiment-'))
  vi.stubEnv('HEADSTART_CACHE', join(folder, 'cache'))
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void (output += `${line}\n`))
  try {
    await app(join(folder, 'model'), {
      sentencesOf: (domain) => sentences(domain).filter((_, place) => place % 2 === 0),
      // Not the same network untrained, which reads all sentences once more for each draw: it has tests of its own.
      learnersOf: (backbone) => textLearners(backbone).filter(({ name }) => name !== 'untrained'),
    })
  } finally {
    log.mockRestore()
    vi.unstubAllEnvs()
  }
  output = stripVTControlCharacters(output)
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
    ])
    expect(output).toMatch(/Best coffee I have had in years.* positive +0\.\d/)
    expect(output).toMatch(/It stopped charging after two days.* negative +0\.\d/)
  })
})
