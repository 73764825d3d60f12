import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { float32, GraphBuilder } from '@headstart/onnx'
import { expect, it, vi } from 'vitest'
import { SessionOnDemand } from './session-on-demand.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('a session that is asked again and again holds none of its answers', async () => {
  const g = new GraphBuilder('identity')
  g.output('y', g.op('Identity', [g.input('x', 'float32', [1])]), 'float32', [1])
  const session = new SessionOnDemand(g.build())
  const answers: WeakRef<object>[] = []
  for (let time = 0; time < 20; time++) answers.push(new WeakRef(await session.run({ x: float32([1], [time]) })))
  await vi.waitFor(() => {
    collectGarbage()
    // The last one may be on its way.
    expect(answers.slice(0, -1).filter((answer) => answer.deref() !== undefined)).toEqual([])
  })
  await session.close()
})
