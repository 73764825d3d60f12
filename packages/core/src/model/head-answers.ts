import { Session, tensor } from '@headstart/onnx'
import type { Backbone } from '../contract/backbone.js'
import { isKnown } from '../contract/knowledge.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import { withColumns } from '../features/known-backbone.js'
import { type Head, headNames } from '../head/head.js'
import { stack } from '../head/held-out.js'

/** Inputs whose columns beside the network are in memory at once. */
const atOnce = 64

/** Options of `HeadAnswers.of`. */
interface HeadOptions {
  /** Places of inputs that cannot be read. */
  readonly unreadable?: ReadonlySet<number>
  readonly signal?: AbortSignal | undefined
}

/** What a head says of inputs by their features. Its session is opened when it is first asked, and again after it was closed. */
export class HeadAnswers<Input> {
  readonly #backbone: Backbone<Input>
  readonly #head: Head
  #session: Promise<Session> | undefined

  constructor({ backbone, head }: { readonly backbone: Backbone<Input>; readonly head: Head }) {
    this.#backbone = backbone
    this.#head = head
  }

  /**
   * Of inputs by their features of the network, `[n, columns]`. Columns beside them are many, and mostly zero: they are written down for
   * a few inputs at once.
   */
  async of(features: Matrix, inputs: readonly Input[], { unreadable, signal }: HeadOptions = {}): Promise<Matrix> {
    const backbone = this.#backbone
    if (!isKnown(backbone)) return this.#run(features, signal)
    const parts: Matrix[] = []
    for (let first = 0; first === 0 || first < inputs.length; first += atOnce) {
      const some = inputs.slice(first, first + atOnce)
      const left = new Set([...(unreadable ?? [])].map((row) => row - first))
      const network = takeRows(
        features,
        some.map((_, row) => first + row),
      )
      parts.push(await this.#run(withColumns(network, backbone.parts, some, left), signal))
    }
    return stack(parts)
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await (await session)?.close()
  }

  async #run(features: Matrix, signal: AbortSignal | undefined): Promise<Matrix> {
    // Small beside its network, of which many heads can stand on one: neither memory nor threads are kept for the next run.
    const options = { memory: 'given back', threads: 1, guarded: true } as const
    const session = await (this.#session ??= Session.create(this.#head.graph, options))
    const feed = tensor('float32', [features.rows, features.columns], features.data)
    const result = (await session.run({ [headNames.features]: feed }, undefined, signal))[
      headNames.result[this.#head.kind]
    ]
    return { rows: features.rows, columns: result?.dims[1] as number, data: result?.data as Float32Array }
  }
}
