import { InputError } from '@headstart/core'
import { expect, it } from 'vitest'
import { tinyTranslator } from '../test/index.js'
import { openTokenizer } from './open-tokenizer.js'

it('a text that a pattern of the tokenizer never ends with is given up', () => {
  const files = tinyTranslator()
  const [json, config] = ['tokenizer.json', 'tokenizer_config.json'].map((name) => files.get(name) as Uint8Array)
  const normalizer = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: ' ' }
  const other = { ...(JSON.parse(new TextDecoder().decode(json)) as object), normalizer }
  const { tokenizer } = openTokenizer('hostile', new TextEncoder().encode(JSON.stringify(other)), config as Uint8Array)
  const started = performance.now()
  expect(() => tokenizer.encode(`${'a'.repeat(64)}!`)).toThrow(InputError)
  expect(performance.now() - started).toBeLessThan(2000)
  expect(tokenizer.encode('open the file').ids.length).toBeGreaterThan(2)
})
