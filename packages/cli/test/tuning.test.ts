import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { program } from './headstart.js'
import { csv, reviews } from './reviews.js'
import { modelHashes, openScene, type Scene } from './scene.js'

let scene: Scene
let data: string
/** The last stage of a small network, in few steps. */
let quick: string[]
/** Long enough for a checkpoint. */
let longer: string[]
beforeAll(async () => {
  scene = await openScene()
  data = await scene.write('data.csv', csv(reviews(10)))
  const backbone = scene.path('tiny-bert')
  await writeFiles(backbone, bertFiles())
  quick = ['--task', 'text', '--backbone', backbone, '--unfreeze', '1', '--epochs', '3']
  longer = [...quick.slice(0, -1), '60']
})
afterAll(() => scene.remove())

describe('headstart train with stages to tune', () => {
  it('says how it was tuned, and leaves no checkpoint', async () => {
    const out = scene.path('tuned')
    const { code, stdout } = await scene.run([
      'train',
      data,
      ...quick,
      '--learning-rate',
      '0.01',
      '--lora',
      '4',
      '--out',
      out,
      '--json',
    ])
    expect(code).toBe(0)
    const { strategy } = JSON.parse(stdout) as { strategy: string }
    const { recipe } = JSON.parse(await readFile(`${out}/headstart.json`, 'utf8')) as { recipe: object }
    expect(recipe).toMatchObject({ strategy })
    // Where tuning does not help on held-out examples, the model is the head.
    if (strategy !== 'head')
      expect(recipe).toMatchObject({ unfreeze: 1, lora: { rank: 4 }, epochs: 3, learningRate: 0.01 })
    expect(['joint', 'head']).toContain(strategy)
    expect(await scene.names()).not.toContain('tuned.checkpoint')
    const answer = await scene.run(['predict', out, 'The food was wonderful.'])
    expect(answer.stdout).toMatch(/^(positive|negative) 0\.\d{3}/)
  })

  it('goes on after a kill from its last checkpoint, and ends with the same bytes', async () => {
    const whole = scene.path('whole')
    expect(await scene.run(['train', data, ...longer, '--out', whole])).toMatchObject({ code: 0 })
    const out = scene.path('resumed')
    const checkpoint = `${out}.checkpoint`
    const args = ['train', data, ...longer, '--out', out]
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, HEADSTART_CACHE: scene.path('.cache') },
      stdio: 'ignore',
    })
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (existsSync(checkpoint)) child.kill('SIGKILL')
      }, 5)
      child.on('close', () => {
        clearInterval(watch)
        resolve()
      })
    })
    expect(existsSync(checkpoint)).toBe(true)
    expect(await scene.names()).not.toContain('resumed')
    const { code } = await scene.run([...args, '--resume'])
    expect(code).toBe(0)
    expect(await modelHashes(out)).toEqual(await modelHashes(whole))
    expect(existsSync(checkpoint)).toBe(false)
  })

  it.each([
    [
      'a checkpoint that is none',
      ['--resume'],
      /damaged\.checkpoint: expected a checkpoint as it was written, got a file that is damaged or no checkpoint/,
    ],
    ['more stages than there are', ['--unfreeze', '9'], /expected a whole number from 1 to 3 .* got 9/],
    ['no stage', ['--unfreeze', '0'], /Expected a whole number from 1 on, or all/],
    [
      'a learning rate of 0',
      ['--learning-rate', '0'],
      /'--learning-rate <number>' argument '0' is invalid. Expected a number above 0/,
    ],
    ['no epoch', ['--epochs', '0'], /'--epochs <n>' argument '0' is invalid. Expected a whole number from 1 on/],
  ])('%s: says what is wrong and exits with 2', async (_, flags, says) => {
    const out = scene.path('damaged')
    await writeFile(`${out}.checkpoint`, 'not a checkpoint')
    const { code, stderr, stdout } = await scene.run(['train', data, ...quick, ...flags, '--out', out])
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('resumes nothing where nothing is tuned', async () => {
    const { code, stderr } = await scene.run(['train', data, '--task', 'text', '--resume', '--out', scene.path('none')])
    expect(stderr).toMatch(/option --resume: expected a tuning to go on with, got a head/)
    expect(code).toBe(2)
  })
})
