import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { textFile } from '../../test/text-file.js'
import { readChatData } from './read-chat-data.js'

/** A folder with these files; the path of the first. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const [[name, content] = ['', ''], ...others] = Object.entries(files)
  const path = await textFile(name, content)
  await mkdir(dirname(path), { recursive: true })
  for (const [other, text] of others) await writeFile(join(dirname(path), other), text)
  return path
}

describe('readChatData', () => {
  it('reads texts, intents and answers of one file', async () => {
    const path = await folderOf({
      'shop.csv':
        'label,text,answer\nhours,When?,From 9.\nhours,Until when?,\nprice,How much?,Ten.\nhours,Open?,Nine.\n',
    })
    const data = await readChatData(path)
    expect(data.name).toBe('shop.csv')
    expect(data.inputs).toEqual(['When?', 'Until when?', 'How much?', 'Open?'])
    expect(data.targets).toEqual(['hours', 'hours', 'price', 'hours'])
    expect(data.script.answers).toEqual({ hours: ['From 9.', 'Nine.'], price: ['Ten.'] })
  })

  it('reads answers and a script that lie beside', async () => {
    const path = await folderOf({
      'train.jsonl': '{"intent":"hours","text":"When?"}\n{"intent":"price","text":"How much?"}\n',
      'answers.csv': 'label,answer\nhours,From 9.\nhours,Nine.\n',
      'chat.json': '{"answers":{"price":"Ten."},"wording":{"unknown":"Pardon?"}}',
    })
    const { script } = await readChatData(path)
    expect(script).toMatchObject({
      answers: { hours: ['From 9.', 'Nine.'], price: ['Ten.'] },
      wording: { unknown: 'Pardon?' },
    })
  })

  it('takes answers and a script by their paths', async () => {
    const path = await folderOf({
      'a.csv': 'label,text\na,x\nb,y\n',
      'say.csv': 'intent,reply\na,A\nb,B\n',
      's.json': '{}',
    })
    const [answers, script] = ['say.csv', 's.json'].map((name) => join(dirname(path), name))
    expect((await readChatData(path, { answers, script })).script.answers).toEqual({ a: ['A'], b: ['B'] })
  })

  it('reads questions and answers alone, of which those with one answer are one intent', async () => {
    const notices: string[] = []
    const path = await textFile(
      'faq.csv',
      'category,question,answer\nx,When?,From 9.\nx,How much?,Ten.\ny,Until when?,From 9.\n',
    )
    const data = await readChatData(path, { onNotice: (message) => notices.push(message) })
    expect(data.targets).toEqual(['When?', 'How much?', 'When?'])
    expect(data.script.answers).toEqual({ 'When?': ['From 9.'], 'How much?': ['Ten.'] })
    expect(notices.join()).toContain('its rows are questions and answers')
  })

  it('reads texts to be measured on, which have no answers', async () => {
    expect((await readChatData(await textFile('test.csv', 'label,text\na,x\nb,y\n'))).script.answers).toEqual({})
  })

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'answers without an intent',
      { 'a.csv': 'label,text\na,x\n', 'answers.csv': 'label,answer\n,A\n' },
      /answers\.csv:2: expected the intent/,
    ],
    [
      'answers without their columns',
      { 'a.csv': 'label,text\na,x\n', 'answers.csv': 'name,said\na,A\n' },
      /expected the columns label and answer, got the columns "name", "said"/,
    ],
    [
      'a question without an answer',
      { 'a.csv': 'question,answer\nWhen?,\n' },
      /expected a question and an answer in each row, got "When\?" and ""/,
    ],
    ['a script that is no JSON', { 'a.csv': 'label,text\na,x\n', 'chat.json': '{' }, /chat\.json: expected JSON/],
    ['a script that is none', { 'a.csv': 'label,text\na,x\n', 'chat.json': '[]' }, /chat\.json: expected/],
    [
      'a slot of no kind',
      { 'a.csv': 'label,text\na,x\n', 'chat.json': '{"slots":{"a":{"b":{"kind":"x"}}}}' },
      /chat\.json: expected .* at slots\.a\.b\.kind/,
    ],
    ['an empty file', { 'a.csv': '' }, /expected a header and rows, got an empty file/],
  ])('refuses %s', async (_, files, message) => {
    await expect(readChatData(await folderOf(files))).rejects.toThrow(message)
  })

  it('refuses answers that are missing', async () => {
    const path = await textFile('a.csv', 'label,text\na,x\n')
    await expect(readChatData(path, { answers: 'no/such.csv' })).rejects.toThrow(/no\/such\.csv/)
    await expect(readChatData(path, { script: 'no/such.json' })).rejects.toThrow(/no\/such\.json/)
  })
})
