import { type Graph, Session, type Tensors } from '@headstart/onnx'

/** A small graph whose session is opened when it is first run, and again when it is run after being closed. */
export class SessionOnDemand {
  readonly #graph: Graph
  #opened: Promise<Session> | undefined
  /** Ends with all runs so far. */
  #running: Promise<unknown> = Promise.resolve()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  run(feeds: Tensors): Promise<Tensors> {
    // A few small products for each history: more threads would cost more than they bring.
    this.#opened ??= Session.create(this.#graph, { threads: 1 })
    const answer = this.#opened.then((session) => session.run(feeds))
    this.#running = Promise.allSettled([this.#running, answer])
    return answer
  }

  /** Frees the native memory once what is running has ended. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await this.#running
    await (await opened)?.close()
  }
}
