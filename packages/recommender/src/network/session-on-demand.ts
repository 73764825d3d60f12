import { type Graph, Session, type Tensors } from '@headstart/onnx'

/** A small graph whose session is opened when it is first run, and again when it is run after being closed. */
export class SessionOnDemand {
  readonly #graph: Graph
  #opened: Promise<Session> | undefined
  /** Ends with all runs so far, and holds none of their answers. */
  #running: Promise<void> = Promise.resolve()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  run(feeds: Tensors): Promise<Tensors> {
    // A few small products for each history: more threads would cost more than they bring.
    this.#opened ??= Session.create(this.#graph, { threads: 1, guarded: true })
    const answer = this.#opened.then((session) => session.run(feeds))
    const before = this.#running
    const ended = (): Promise<void> => before
    this.#running = answer.then(ended, ended)
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
