import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Node } from '../graph/graph.js'
import type { Entry } from './rule.js'
import { entryOf, operators, refusalOf } from './table.js'

const entries = Object.entries(operators).flatMap(([domain, table]) =>
  Object.entries(table).map(([opType, entry]) => [`${domain}.${opType}`, entry] as const),
)
const node = (opType: string, parts: Partial<Node> = {}): Node => {
  return { name: 'node', opType, domain: '', inputs: ['x'], outputs: ['y'], attributes: {}, ...parts }
}

describe('the table of operators', () => {
  it('has nothing but entries', () => {
    const kinds: Entry['kind'][] = ['rule', 'composition', 'zero', 'not differentiable']
    for (const [name, { kind }] of entries) expect(kinds, name).toContain(kind)
  })

  it('has a test beside every file with rules, which checks each of them', async () => {
    const folder = fileURLToPath(new URL('rules/', import.meta.url))
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    for (const file of files) {
      const exported = Object.values((await import(/* @vite-ignore */ folder + file)) as Record<string, Entry>)
      const hasRules = exported.some(({ kind }) => kind === 'rule' || kind === 'composition')
      expect(existsSync(folder + file.replace('.ts', '.test.ts')), file).toBe(hasRules)
    }
  })

  it('says why there is no derivative', () => {
    expect(refusalOf(node('Add'), 18)).toBeUndefined()
    expect(refusalOf(node('Floor'), 18)).toBeUndefined()
    expect(refusalOf(node('Loop'), 18)).toMatch(/control flow/)
    const coupled = { input_forget: { kind: 'int', value: 1 } } as const
    expect(refusalOf(node('LSTM', { attributes: coupled }), 18)).toMatch(/coupled/)
    expect(refusalOf(node('QLinearConv'), 18)).toMatch(/quantized/)
    expect(refusalOf(node('Custom', { domain: 'org.example' }), 1)).toBe('there is no rule for this operator')
    const cached = { domain: 'com.microsoft', inputs: ['q', 'k', 'v', '', '', '', 'past_key'] }
    expect(refusalOf(node('MultiHeadAttention', cached), 1)).toMatch(/with a cache/)
    const diagonal = { equation: { kind: 'string', value: 'ii->i' } } as const
    expect(refusalOf(node('Einsum', { attributes: diagonal }), 18)).toMatch(/diagonal/)
  })

  it('finds rules by domain', () => {
    expect(entryOf(node('Gelu'))).toBe(operators['']?.['Gelu'])
    expect(entryOf(node('Gelu', { domain: 'ai.onnx' }))).toBe(operators['']?.['Gelu'])
    expect(entryOf(node('Gelu', { domain: 'com.microsoft' }))).toBe(operators['com.microsoft']?.['Gelu'])
    expect(entryOf(node('toString'))).toBeUndefined()
  })
})
