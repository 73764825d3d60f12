import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { shop } from '../src/shop.js'
import { run } from './program.js'

describe('the chatbot app', () => {
  it('comes with texts of 20 intents, none of which is both learned from and measured on', async () => {
    const [train, test] = [await shop('train'), await shop('test')]
    expect(train.labels).toHaveLength(20)
    expect(test.labels).toEqual(train.labels)
    expect(test.inputs.filter((text) => train.inputs.includes(text))).toEqual([])
    expect(new Set(train.inputs).size).toBe(train.size)
  })

  it('answers most texts that it never saw, refuses most others, and talks', async () => {
    const { stdout, code = 0 } = await run()
    expect(code).toBe(0)
    const right = Number(/the intent is right in (\d+) %/i.exec(stdout)?.[1])
    expect(right).toBeGreaterThan(60)
    expect(Number(/AUROC of (0\.\d+)/.exec(stdout)?.[1])).toBeGreaterThan(0.9)
    expect(stdout).toMatch(/> next Tuesday\n {2}Noted for the workshop: your mountain bike on \d{4}-\d\d-\d\d/)
    expect(stdout).toMatch(/> Who wrote Hamlet\?\n {2}I only know about our bicycle shop/)
  })

  it("learns from one's own texts", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headstart-chatbot-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, 'faq.csv')
    await writeFile(
      path,
      'question,answer\nWhen do you open?,We open at nine.\nWhat does it cost?,It costs ten euros.\n',
    )
    const { stdout, stderr } = await run('--data', path)
    expect(stdout).toContain('Learned 2 intents from 2 texts')
    expect(stderr).toContain('each an intent of its own')
  })

  it.each([
    [['--port', '99999999'], /option "port": expected a whole number from 0 to 65535/],
    [['--nonsense'], /Unknown option.*\nUsage: main\.js/],
    [['--data', 'no/such.csv'], /no\/such\.csv/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
