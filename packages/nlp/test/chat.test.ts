import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { modelFiles } from '@headstart/core/kit'
import { testTask } from '@headstart/core/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Chatbot } from '../src/chat/chatbot-model.js'
import { chatLoader } from '../src/chat/chat-loader.js'
import {
  chatbot,
  chatData,
  chatTask,
  loadChatbot,
  loadModel,
  readChatData,
  universalSentenceEncoder,
} from '../src/index.js'

const sample = (name: string): string => fileURLToPath(new URL(`../sample/library/${name}`, import.meta.url))

testTask(chatTask, {
  data: sample('train.csv'),
  test: sample('test.csv'),
  // A strength that is given is quickest.
  options: { l2: 1e-4 },
  comparing: { shots: [4], seeds: 2, methods: ['no-transfer', 'frozen'] },
  queries: [
    'When do you open?',
    { text: 'Keep the atlas for me.' },
    {
      text: 'On May 3',
      now: '2026-12-01T10:00:00',
      context: { waits: { intent: 'reserve', confidence: 0.9, slot: 'day', tries: 0 } },
    },
  ],
})

describe('a chatbot', () => {
  let bot: Chatbot
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
    const data = await readChatData(sample('train.csv'))
    bot = await chatbot(await universalSentenceEncoder(), data, { keep: true, cache: false })
  })
  afterAll(async () => {
    await bot.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('answers what belongs, and says that it does not know what does not', async () => {
    expect(await bot.reply('Are you open on Wednesday?')).toMatchObject({
      intent: 'opening_hours',
      answer: expect.stringContaining('from 10 to 19'),
      known: true,
      asks: null,
    })
    const foreign = await bot.reply('How many moons does Jupiter have?')
    expect(foreign).toMatchObject({ intent: null, known: false, answer: expect.stringMatching(/^I am not sure/) })
    expect(foreign.familiarity).toBeLessThan(0.6)
    // As many as one lets it refuse.
    const strict = await bot.ask(['Could I have my loans extended, please?'], { unknown: 0.99 })
    expect(strict).toMatchObject([{ known: false }])
  })

  it('asks for a day, in a conversation that is nothing but JSON', async () => {
    const now = new Date('2026-12-01T10:00:00')
    const first = await bot.reply('Please set the new atlas aside for me.', { now })
    expect(first).toMatchObject({
      intent: 'reserve',
      asks: { slot: 'day' },
      answer: 'Until which day shall we keep it?',
    })
    const context = JSON.parse(JSON.stringify(first.context))
    expect((await bot.reply('until Friday', { context, now })).answer).toMatch(/^Reserved until 2026-12-04\./)
  })

  it('asks which is meant where one intent is not enough times as probable as another', async () => {
    const [reply] = await bot.ask(['What does it cost?'], { odds: 1e6, unknown: 0.001 })
    expect(reply).toMatchObject({ intent: null, asks: { intents: expect.any(Array) } })
  })

  it('is saved and loaded with its answers, slots and settings, and its intents are a text model', async () => {
    const path = join(folder, 'bot')
    await bot.save(path)
    const again = await loadChatbot(path)
    expect(again.script).toEqual(bot.script)
    expect(again.settings).toEqual(bot.settings)
    expect(await again.reply('When do you open?')).toEqual(await bot.reply('When do you open?'))
    // It learns as the other one does, words and names of intents beside the network too.
    const taught = [{ text: 'Is it open at Easter, or shut?', intent: 'opening_hours' }]
    const [own, other] = await Promise.all(
      [bot, again].map((one) => one.extend(taught, { choose: false, cache: false })),
    )
    expect(own?.model.recipe.knowledge).toBeDefined()
    expect(other?.model.backbone.fingerprint).toBe(own?.model.backbone.fingerprint)
    expect(other?.model.backbone.fingerprint).not.toBe(bot.model.backbone.fingerprint)
    expect(await other?.reply('Open at Easter?')).toEqual(await own?.reply('Open at Easter?'))
    expect(await (await chatLoader.load(modelFiles(path))).nearest('When do you open?', 1)).toHaveLength(1)
    const intents = await loadModel(join(path, 'intents'))
    expect((await intents.predict('When do you open?'))[0]?.label).toBe('opening_hours')
    await writeFile(join(path, 'intents', 'model.onnx'), 'changed')
    await expect(loadChatbot(path)).rejects.toThrow(/model\.onnx as it was saved/)
    await expect(loadChatbot(join(path, 'intents'))).rejects.toThrow(/headstart-chat/)
    await again.close()
  })

  it('learns a text in place, and intents that are new with their answers', async () => {
    const text = 'Do you have a machine that copies pages?'
    const more = await bot.extend(
      [
        { text, intent: 'copies' },
        { text: 'Where can I scan something?', intent: 'copies' },
      ],
      {
        answers: { copies: ['In the hall.'] },
        choose: false,
        cache: false,
      },
    )
    expect(await more.reply('Where can I scan a page?')).toMatchObject({ intent: 'copies', answer: 'In the hall.' })
    expect((await more.nearest(text, 2))[0]).toMatchObject({ text, intent: 'copies' })
    await expect(bot.extend([{ text, intent: 'copies' }])).rejects.toThrow(
      /expected an answer for each intent, got none for "copies"/,
    )
    // Whoever forgets all texts of an intent has it no more.
    const fewer = await more.forget([{ text }, 'Where can I scan something?'], { cache: false })
    expect(fewer.intents).toEqual(bot.intents)
    expect(fewer.script).toEqual(bot.script)
  })

  it('says what becomes of texts', async () => {
    const { json, text } = await bot.evaluate(await readChatData(sample('test.csv')), {
      cache: false,
      outOfScope: ['How many moons does Jupiter have?', 'Sing a song.'],
    })
    const shares = Object.values(json['replies'] as Record<string, number>)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
    expect((json['replies'] as { right: number }).right).toBeGreaterThan(0.4)
    expect((json['outOfScope'] as { refused: number }).refused).toBe(1)
    expect(text()).toContain('answered rightly')
  })
})

describe('chatbot', () => {
  const notices: string[] = []
  const options = {
    cache: false,
    onEvent: (event: { type: string; message?: string }) => event.message && notices.push(event.message),
  } as const

  it('learns from questions and answers alone', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'headstart-test-')), 'faq.csv')
    await writeFile(
      path,
      'question,answer\nWhen do you open?,The library opens at nine on weekdays.\nHow do I borrow a book?,Take the book to the desk with your card.\nIs there wifi?,Yes: the network is called Library and needs no password.\n',
    )
    const bot = await chatbot(await universalSentenceEncoder(), await readChatData(path), options)
    expect(await bot.reply('I want to borrow something to read, how?')).toMatchObject({
      intent: 'How do I borrow a book?',
      answer: 'Take the book to the desk with your card.',
    })
    expect(notices.join()).toContain('3 intents have a single text: their answers are learned from as well.')
    await rm(dirname(path), { recursive: true })
  })

  it('refuses what it cannot say anything to, and says which slots are never found', async () => {
    const encoder = await universalSentenceEncoder()
    const texts = ['When do you open?', 'Until when are you there?'].map((text) => ({ text, intent: 'hours' }))
    const others = ['What does it cost?', 'How much is it?'].map((text) => ({ text, intent: 'price' }))
    const all = [...texts, ...others]
    await expect(chatbot(encoder, chatData(all, { answers: { hours: 'Nine.' } }))).rejects.toThrow(/none for "price"/)
    await expect(
      chatbot(encoder, chatData(all, { answers: { hours: 'Nine.', price: 'Ten.', prize: 'None.' } })),
    ).rejects.toThrow(/got an answer for "prize"/)
    await expect(
      chatbot(encoder, chatData(all, { answers: { hours: 'x', price: 'y' } }), { unknown: 2 }),
    ).rejects.toThrow(/option "unknown"/)
    await chatbot(
      encoder,
      chatData(all, {
        answers: { hours: 'x', price: 'y' },
        slots: { price: { size: { kind: 'values', values: { large: [] } } } },
      }),
      options,
    )
    expect(notices.join()).toContain('Slot "size" of "price" is not found in its 2 texts: check its values.')
  })
})
