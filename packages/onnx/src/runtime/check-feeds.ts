import { FeedError } from '../errors.js'
import { printValueInfo, type ValueInfo } from '../graph/graph.js'
import { sizeOf, tensorOf, type Tensors } from '../graph/tensor.js'

/**
 * Checks that there is one tensor for each input.
 * @throws FeedError when a tensor is missing, unknown, or of another type or shape than declared.
 */
export function checkFeeds(session: string, inputs: readonly ValueInfo[], feeds: Tensors): void {
  for (const input of inputs) {
    const feed = tensorOf(feeds, input.name)
    if (!feed) throw new FeedError(session, input.name, printValueInfo(input), 'nothing')
    const fits =
      (input.type === undefined || feed.type === input.type) &&
      (input.dims === undefined ||
        (feed.dims.length === input.dims.length &&
          input.dims.every((dim, axis) => typeof dim === 'string' || dim === feed.dims[axis])))
    if (!fits)
      throw new FeedError(session, input.name, printValueInfo(input), printValueInfo({ name: 'a tensor', ...feed }))
    if (feed.data.length !== sizeOf(feed.dims)) {
      throw new FeedError(session, input.name, `${sizeOf(feed.dims)} elements`, `${feed.data.length}`)
    }
  }
  const known = new Set(inputs.map(({ name }) => name))
  for (const name of Object.keys(feeds)) {
    if (known.has(name)) continue
    const expected = `one of: ${inputs.map((input) => input.name).join(', ')}`
    throw new FeedError(session, name, expected, 'a tensor for an input that does not exist')
  }
}
