import { onTestFinished } from 'vitest'
import type { Graph } from '../src/graph/graph.js'
import { Session } from '../src/runtime/session.js'
import type { Tensor, Tensors } from '../src/graph/tensor.js'

/** A session of one thread that is closed after the test. */
export async function openSession(graph: Graph): Promise<Session> {
  const session = await Session.create(graph, { threads: 1 })
  onTestFinished(() => session.close())
  return session
}

/** What onnxruntime computes. */
export async function runGraph(graph: Graph, feeds: Tensors): Promise<Record<string, Tensor>> {
  const session = await openSession(graph)
  return session.run(feeds)
}
