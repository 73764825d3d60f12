import { afterEach, expect, it } from 'vitest'
import { GraphBuilder } from '../graph/builder.js'
import { apart } from './apart.js'
import { aside } from './aside.js'
import { guarded } from './guarded.js'
import { nodeRuntime } from './node-runtime.js'
import { runtimeAddress } from './runtime-address.js'

const versions = Object.getOwnPropertyDescriptor(process, 'versions') as PropertyDescriptor
afterEach(() => {
  Object.defineProperty(process, 'versions', versions)
})

it.each(['bun', 'deno', 'electron'])(
  'in %s networks run with the rest of the program, by the same runtime',
  async (other) => {
    const runtime = await nodeRuntime()
    expect(runtimeAddress()).toBeDefined()
    Object.defineProperty(process, 'versions', { ...versions, value: { ...process.versions, [other]: '1.0.0' } })
    expect(runtimeAddress()).toBeUndefined()
    const g = new GraphBuilder('identity')
    g.output('y', g.op('Identity', [g.input('x', 'float32', [1])]), 'float32', [1])
    expect([apart(runtime), aside(runtime, 2), guarded(runtime, runtime, g.build())]).toEqual([
      runtime,
      runtime,
      runtime,
    ])
  },
)
