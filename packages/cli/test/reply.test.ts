import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let model: string
beforeAll(async () => {
  scene = await openScene()
  model = scene.path('model')
  await scene.run(['init', 'chat', scene.path('library')])
  const data = scene.path('library/train.csv')
  // A strength that is given is quickest.
  const { code } = await scene.run(['train', data, '--task', 'chat', '--l2', '0.0001', '--odds', '1', '--out', model])
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

describe('headstart reply', () => {
  it('answers what belongs, and says that it does not know', async () => {
    const { code, stdout } = await scene.run(['reply', model, 'Are you open on Sunday?', 'How old is the moon?'])
    expect(code).toBe(0)
    const [known, unknown] = stdout.split('\n')
    expect(known).toMatch(/^We are open .* \(opening_hours 0\.\d{3}\) {2}Are you open on Sunday\?$/)
    expect(unknown).toMatch(/^I am not sure .* \(unknown, familiarity 0\.\d{3}\) {2}How old is the moon\?$/)
  })

  it('prints the documented fields, and goes on with a conversation', async () => {
    const first = JSON.parse((await scene.run(['reply', model, 'Please hold the atlas for me.', '--json'])).stdout)
    expect(first).toEqual({
      input: 'Please hold the atlas for me.',
      intent: 'reserve',
      answer: 'Until which day shall we keep it?',
      confidence: expect.any(Number),
      known: true,
      familiarity: expect.any(Number),
      alternatives: expect.arrayContaining([{ intent: expect.any(String), confidence: expect.any(Number) }]),
      asks: { slot: 'day' },
      slots: {},
      context: { waits: { intent: 'reserve', confidence: first.confidence, slot: 'day', tries: 0 } },
    })
    const query = { text: 'until May 3', now: '2026-12-01', context: first.context }
    const { stdout } = await scene.run(['reply', model, '-', '--jsonl'], { stdin: `${JSON.stringify(query)}\n` })
    expect(JSON.parse(stdout)).toMatchObject({
      answer: expect.stringMatching(/^Reserved until 2027-05-03/),
      asks: null,
    })
  })

  it('measures what becomes of texts', async () => {
    const { stdout } = await scene.run(['evaluate', model, scene.path('library/test.csv'), '--json'])
    const { replies } = JSON.parse(stdout)
    expect(Object.keys(replies)).toEqual(['right', 'wrong', 'asked', 'askedWrong', 'refused'])
    expect(replies.right).toBeGreaterThan(0.4)
  })

  it('says what is missing of a bot', async () => {
    const data = await scene.write('texts.csv', 'label,text,answer\na,one,A\na,two,\nb,three,\nb,four,\n')
    const { code, stderr } = await scene.run(['train', data, '--task', 'chat', '--out', scene.path('none')])
    expect(code).toBe(2)
    expect(stderr).toContain('expected an answer for each intent, got none for "b"')
    const { stderr: asked } = await scene.run(['predict', model, 'x'])
    expect(asked).toContain('Try: headstart reply')
  })
})
