import { RequestError } from './request-error.js'

/** Room for the body of one request, until it is answered. */
export interface BodyRoom {
  /** Bytes that it may have. */
  readonly most: number
  /** @throws RequestError where the bodies of others take all the room. */
  take(bytes: number): void
  release(): void
}

/** Bodies of so many times the largest one are in memory at most. */
const together = 16

/**
 * Room for the bodies of all requests that are not answered yet: a queue is counted in inputs, of which each can be large.
 * @param most Bytes of the largest body.
 */
export function bodyRooms(most: number): () => BodyRoom {
  let taken = 0
  return () => {
    let own = 0
    return {
      most,
      take(bytes) {
        if (taken + bytes > together * most) {
          const got = `${taken + bytes}`
          const expected = `at most ${together * most} bytes of requests at once`
          throw new RequestError(429, 'request', expected, got, 'Ask again in 1 s.', { 'Retry-After': '1' })
        }
        taken += bytes
        own += bytes
      },
      release() {
        taken -= own
        own = 0
      },
    }
  }
}
