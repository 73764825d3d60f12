import { differentiate, type Graph, GraphBuilder, type Tensors } from '@headstart/onnx'
import { connect, GradientError, NotDifferentiableError } from '@headstart/onnx/kit'
import type { TunableBackbone } from '../contract/backbone.js'
import { CutTensors } from './cut-tensors.js'
import { InputError, OptionError } from '../contract/errors.js'
import { splitNetwork } from './split-network.js'

/**
 * Why some stages cannot be unfrozen, and how many can: for a network with operators that have no derivative, such as
 * those of quantized weights.
 * @param unfreeze The number of stages for which the derivative was refused.
 * @param cause The refusal.
 * @param inputs Some inputs, to learn the shapes of tensors from.
 */
export async function unfreezeError<Input>(
  backbone: TunableBackbone<Input>,
  unfreeze: number | 'all',
  cause: NotDifferentiableError | GradientError,
  inputs: readonly Input[],
): Promise<OptionError> {
  const { stages } = backbone.network
  const asked = unfreeze === 'all' ? stages.length : unfreeze
  let possible = asked - 1
  while (possible > 0 && !(await hasGradient(backbone, possible, inputs))) possible--
  const names = stages
    .slice(stages.length - possible)
    .map(({ name }) => `"${name}"`)
    .join(', ')
  return new OptionError(
    'option "unfreeze"',
    possible > 0
      ? `at most ${possible} of the stages of "${backbone.id}": ${names}`
      : `none of the stages of "${backbone.id}"`,
    `${unfreeze}; ${reasonOf(cause)}`,
    possible > 0
      ? `Use unfreeze: ${possible}, or another export of the network.`
      : 'Train a head alone, or use another export of the network.',
    { cause },
  )
}

function reasonOf(cause: NotDifferentiableError | GradientError): string {
  return cause instanceof GradientError
    ? `the influence of "${cause.value}" is ${cause.got}`
    : `${cause.operator} at "${cause.node}" has no derivative: ${cause.reason}`
}

async function hasGradient<Input>(
  backbone: TunableBackbone<Input>,
  unfreeze: number,
  inputs: readonly Input[],
): Promise<boolean> {
  let cut: CutTensors<Input> | undefined
  try {
    const split = splitNetwork(backbone.network, unfreeze)
    cut = await CutTensors.open(backbone, split, undefined)
    const examples = (await cut.read(inputs)).flatMap((example) => (example instanceof InputError ? [] : [example]))
    const parameters = split.stages.flatMap(({ weights }) => [...weights.keys()])
    await differentiate(withMean(split.tuned), {
      loss: meanName,
      parameters,
      feeds: (await cut.batch(examples)) as Tensors,
    })
    return true
  } catch (error) {
    if (error instanceof NotDifferentiableError || error instanceof GradientError || error instanceof OptionError)
      return false
    throw error
  } finally {
    await cut?.close()
  }
}

const meanName = 'headstart.mean'

/** The graph with the mean of its output. */
function withMean(graph: Graph): Graph {
  const g = new GraphBuilder('mean', { opsets: { '': graph.opsets.get('') ?? 17 } })
  const features = g.input('features', 'float32', ['batch', 'features'])
  g.output(meanName, g.op('ReduceMean', [features], { keepdims: 0 }), 'float32', [])
  return connect(graph, g.build(), { features: graph.outputs[0]?.name ?? '' })
}
