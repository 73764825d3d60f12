import { describe, expect, it } from 'vitest'
import { threadsOfMachine } from './node-runtime.js'

describe('threadsOfMachine', () => {
  it('is one for each core', () => {
    expect(threadsOfMachine(2, false)).toBe(2)
    expect(threadsOfMachine(8, true)).toBe(4)
  })

  it('is one where half a core may be used', () => {
    expect(threadsOfMachine(1, true)).toBe(1)
  })

  it('leaves counting to onnxruntime where it is not said what the processors share', () => {
    expect(threadsOfMachine(8, null)).toBe(0)
  })
})
