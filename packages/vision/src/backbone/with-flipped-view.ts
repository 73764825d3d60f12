import { type Network } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { type Dimension, type Graph, GraphBuilder, type Value, type ValueInfo } from '@headstart/onnx'
import { connect, rename } from '@headstart/onnx/kit'

/**
 * The network looking at each picture twice, as it is and mirrored left to right; the features are the mean of both
 * (test-time augmentation). It is a graph like any other: preprocessing and saved models need not know. It takes twice
 * the time. Within, the two views of a picture are neighboring rows, so that each stage puts out twice as many rows as
 * there are pictures, and only the last one as many.
 *
 * @param layout Order of the axes of the network's input, whose size must be fixed but for the batch.
 * @throws OptionError for a network that does not take pictures of a fixed size, or gives no features of a fixed number
 */
export function withFlippedView({ graph, stages }: Network, layout: 'nchw' | 'nhwc' = 'nchw'): Network {
  const [input] = graph.inputs
  const [output] = graph.outputs
  const size = (input?.dims ?? []).slice(1)
  const featureSize = output?.dims?.at(-1)
  if (!input || !output || graph.inputs.length !== 1 || !isFixed(size, 3) || typeof featureSize !== 'number') {
    const got = graph.inputs.map(({ name, dims }) => `${name}[${dims?.join(', ') ?? '?'}]`).join(', ')
    const expected = 'one input of four axes, all but the batch of fixed size, and a fixed number of features'
    throw new OptionError('withFlippedView', expected, `a graph with ${got}`, 'Fix the size when you make the graph.')
  }
  const opsets = { opsets: { '': graph.opsets.get('') ?? 17 } }
  const widthAxis = layout === 'nchw' ? 3 : 2
  const width = size[widthAxis - 1] as number

  const before = new GraphBuilder('two views', opsets)
  const picture = before.input(input.name, 'float32', [input.dims?.[0] ?? 'batch', ...size])
  // In a scope of their own, so that names of the network, at which it is cut into stages, stay what they are.
  const both = before.scope(viewsName, () => {
    const oneView = (view: Value): Value => before.op('Reshape', [view, before.ints([-1, 1, ...size])])
    // A walk backwards over the whole axis ends before its first place, which is one further back than its size.
    const [start, end, axis] = [before.ints([-1]), before.ints([-width - 1]), before.ints([widthAxis])]
    const mirrored = before.op('Slice', [picture, start, end, axis, start])
    const pairs = before.op('Concat', [oneView(picture), oneView(mirrored)], { axis: 1 })
    return before.op('Reshape', [pairs, before.ints([-1, ...size])])
  })
  before.output(viewsName, both, 'float32', ['views', ...size])

  const after = new GraphBuilder('mean of two views', opsets)
  const features = after.input(featuresName, 'float32', ['views', featureSize])
  const pairs = after.op('Reshape', [features, after.ints([-1, 2, featureSize])])
  const [first, second] = [0, 1].map((view) => after.op('Gather', [pairs, after.ints(view)], { axis: 1 }))
  const sum = after.op('Add', [first as Value, second as Value])
  after.output(output.name, after.op('Mul', [sum, after.scalar(0.5)]), 'float32', ['batch', featureSize])

  const inner = rename(graph.with({ valueInfo: ofViews(graph.valueInfo, input.dims?.[0]) }), {
    [output.name]: featuresName,
  })
  const seeing = connect(before.build(), inner, { [input.name]: viewsName })
  const whole = connect(seeing, after.build(), { [featuresName]: featuresName })
  return { graph: whole.with({ name: graph.name }), stages }
}

const viewsName = 'flipped-view'
const featuresName = 'flipped-view/features'

/** What is known of the values inside, as many of which there are now as views. */
function ofViews(valueInfo: Graph['valueInfo'], batch: Dimension | undefined): Map<string, ValueInfo> {
  const renamed = (dim: Dimension): Dimension => (dim === batch ? 'views' : dim)
  return new Map(
    [...valueInfo].map(([name, info]) => [name, { ...info, ...(info.dims && { dims: info.dims.map(renamed) }) }]),
  )
}

function isFixed(size: readonly Dimension[], axes: number): size is readonly number[] {
  return size.length === axes && size.every((dim) => typeof dim === 'number')
}
