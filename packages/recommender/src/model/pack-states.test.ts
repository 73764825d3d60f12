import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { arrayIn, type NumberArray } from '../contract/scorer-state.js'
import { StatePacker } from './pack-states.js'

it('numbers that were made in another realm, as in a test runner, are saved and found by their type', () => {
  const values = runInNewContext('new Float32Array([1, 2.5])') as NumberArray
  const state = { kind: 'any', config: {}, arrays: { values } }
  expect(values).not.toBeInstanceOf(Float32Array)
  expect(new StatePacker().pack(state).arrays).toEqual({ values: { type: 'float32', offset: 0, length: 2 } })
  expect(arrayIn(state, 'values', Float32Array)).toBe(values)
  expect(() => arrayIn(state, 'values', Int32Array)).toThrow('expected "values" as Int32Array, got "Float32Array"')
})
