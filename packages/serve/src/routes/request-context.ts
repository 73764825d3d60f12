import type { BodyRoom } from '../http/body-room.js'
import type { ServedModel } from '../models/served-model.js'

/** What routes need of the service. */
export interface RequestContext {
  readonly models: ReadonlyMap<string, ServedModel>
  /** Whether new requests are wanted. */
  isReady(): boolean
  /** @throws RequestError for a name that no model has. */
  modelOf(name: string): ServedModel
}

/** What Hono carries along with a request. */
export interface RequestVariables {
  // A type of Hono names it so.
  readonly Variables: {
    /** Ends with the request: after its time, and when the client goes away. */
    readonly signal: AbortSignal
    /** Room for its body. */
    readonly body: BodyRoom
  }
}
