import type { Graph, Node } from '../graph/graph.js'
import { constantsAsWeights } from '../graph/constants-as-weights.js'
import { intOf, without } from '../graph/attributes.js'
import { unusedName, usedNames } from '../graph/rename.js'
import { extract } from '../graph/subgraph.js'
import { float32, type Tensor } from '../graph/tensor.js'
import { entryOf } from '../operators/table.js'
import { dequantizeTensor, numbersOf, unpackMatrix } from './dequantize-tensor.js'

/** A network without quantized weights, as far as they could be turned into numbers. */
export interface Dequantized {
  readonly graph: Graph
  /** Names of the weights in single precision that stand for quantized ones. */
  readonly weights: readonly string[]
  /** Quantized operators that were left, and which cannot be trained. */
  readonly kept: readonly string[]
}

/**
 * The same network with quantized weights as float32 ones, so that it can be trained: dynamically quantized networks
 * (DynamicQuantizeLinear, MatMulInteger, ConvInteger, DynamicQuantizeMatMul, MatMulIntegerToFloat, QAttention), statically
 * quantized ones (QuantizeLinear, DequantizeLinear, QLinearConv, QLinearMatMul and others) and packed ones (MatMulNBits).
 *
 * Activations are no longer rounded; where a fixed range cut them off, they still are, as an activation may hide there
 * (a Relu is a range from 0 on). Results differ from the quantized network's by its rounding.
 */
export function dequantize(graph: Graph): Dequantized {
  const opened = constantsAsWeights(graph)
  const rewrite = new Rewrite(opened)
  const nodes = opened.nodes.flatMap((node) => rewrite.node(node))
  const whole = opened.with({ nodes, initializers: new Map([...opened.initializers, ...rewrite.weights]) })
  const pruned = extract(
    whole,
    [],
    graph.outputs.map(({ name }) => name),
  )
  const left = pruned.nodes.filter(isQuantized)
  const kept = new Set(left.map(({ domain, opType }) => (domain === '' ? opType : `${domain}.${opType}`)))
  const isUsed = ([name, { data }]: [string, Tensor]): boolean => data.length > 1 && pruned.initializers.has(name)
  return {
    graph: pruned.with({ inputs: graph.inputs, outputs: graph.outputs }),
    weights: [...rewrite.weights].filter(isUsed).map(([name]) => name),
    kept: [...kept],
  }
}

/** Whether a node reads or writes quantized numbers. */
export function isQuantized(node: Node): boolean {
  return entryOf(node)?.quantized !== undefined
}

/** Whether a node moves the numbers of its first input, and does nothing else. */
function isMover(node: Node): boolean {
  return entryOf(node)?.data === 'moved' && node.outputs.length === 1
}

/** Least and largest number of the types in which activations are quantized. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint8: [0, 255],
  uint16: [0, 65535],
}

/** One graph on its way to float32. Nodes that nothing needs afterwards are left to pruning. */
class Rewrite {
  readonly weights = new Map<string, Tensor>()
  readonly #initializers: ReadonlyMap<string, Tensor>
  readonly #producers: ReadonlyMap<string, Node>
  readonly #used: Set<string>
  /** The float value for which a quantized activation stands. */
  readonly #floats = new Map<string, string>()
  /** Weights on their way through operators that only move numbers. */
  readonly #moved = new Map<string, string>()

  constructor(graph: Graph) {
    this.#initializers = graph.initializers
    this.#producers = graph.producers()
    this.#used = usedNames(graph)
  }

  /** The nodes that stand for one: itself, or others before it, which write what it wrote. */
  node(node: Node): readonly Node[] {
    const [output = ''] = node.outputs
    const written = this.#rewritten(node, output)
    return written ?? [node]
  }

  #rewritten(node: Node, output: string): readonly Node[] | undefined {
    const { opType, inputs } = node
    const [x = '', second = '', third = ''] = inputs
    const float = entryOf(node)?.quantized?.float
    if (float?.operands === 1) {
      if (intOf(node, 'channels_last', 0) !== 0) return undefined
      return this.#quantized(node, float.opType, [this.#floats.get(x)], inputs[3], inputs[4])
    }
    if (float?.operands === 2) {
      const factors = [this.#float(x, second, third), this.#float(inputs[3], inputs[4], inputs[5])]
      return this.#quantized(node, float.opType, factors, inputs[6], inputs[7])
    }
    switch (opType) {
      case 'DynamicQuantizeLinear':
        this.#floats.set(output, x)
        return undefined
      case 'QuantizeLinear':
        if (!this.#constant(x)) return this.#clipped(node, x, second, third)
        this.#floats.set(output, x)
        return undefined
      case 'DequantizeLinear':
        return this.#dequantizeLinear(node)
      case 'QLinearConv': {
        const bias = inputs[8] ? this.#bias(inputs[8], inputs[1], inputs[4]) : ''
        const kernel = this.#weight(inputs[3], inputs[4], inputs[5], 0)
        return this.#quantized(node, 'Conv', [this.#floats.get(x), kernel, bias], inputs[6], inputs[7])
      }
      case 'QLinearConcat': {
        const count = (inputs.length - 2) / 3
        const parts = Array.from({ length: count }, (_, part) =>
          this.#float(...inputs.slice(2 + 3 * part, 5 + 3 * part)),
        )
        return this.#quantized(node, 'Concat', parts, inputs[0], inputs[1])
      }
      case 'Mul':
        return this.#scaledProduct(node)
      case 'DynamicQuantizeMatMul':
        return this.#product(node, x, this.#weight(second, third, inputs[3], undefined), inputs[4])
      case 'MatMulIntegerToFloat':
        return this.#product(
          node,
          this.#floats.get(x),
          this.#weight(second, inputs[3], inputs[5], undefined),
          inputs[6],
        )
      case 'MatMulNBits':
        return inputs[4] ? undefined : this.#product(node, x, this.#unpacked(node), inputs[5])
      case 'QAttention': {
        const [float, matrix] = [this.#floats.get(x), this.#weight(second, inputs[4], inputs[7], undefined)]
        if (float === undefined || matrix === undefined || inputs[8]) return undefined
        return [{ ...node, opType: 'Attention', inputs: trimmed([float, matrix, third, inputs[5] ?? '']) }]
      }
      default:
        return isMover(node) ? this.#move(node, output) : undefined
    }
  }

  #constant(name: string | undefined): Tensor | undefined {
    return this.#initializers.get(name ?? '')
  }

  /** What a quantized value stands for: an activation, or a weight. */
  #float(name = '', scale = '', zeroPoint = ''): string | undefined {
    return this.#floats.get(name) ?? this.#weight(name, scale, zeroPoint, undefined)
  }

  /** The name of a weight in float32 that stands for a quantized one. */
  #weight(name = '', scale = '', zeroPoint = '', axis: number | undefined, blockSize = 0): string | undefined {
    const [quantized, by, zero] = [this.#constant(name), this.#constant(scale), this.#constant(zeroPoint)]
    if (!quantized || !by || (zeroPoint !== '' && !zero)) return undefined
    // Of scales for the columns of a matrix there may be as many as rows: they count along the last axis.
    const along = axis ?? (numbersOf(by).length > 1 ? quantized.dims.length - 1 : undefined)
    const float = dequantizeTensor(quantized, { scale: by, zeroPoint: zero, axis: along, blockSize })
    return float && this.#add(name, float)
  }

  /** A bias is quantized with the product of the scales of what it is added to. */
  #bias(name: string, inputScale = '', kernelScale = ''): string | undefined {
    const [quantized, input, kernel] = [this.#constant(name), this.#constant(inputScale), this.#constant(kernelScale)]
    if (!quantized || !input || !kernel) return undefined
    const [of] = Array.from(numbersOf(input))
    const scale = float32(
      kernel.dims,
      Array.from(numbersOf(kernel), (one) => one * (of ?? 1)),
    )
    const float = dequantizeTensor(quantized, { scale, axis: 0 })
    return float && this.#add(name, float)
  }

  #unpacked(node: Node): string | undefined {
    const [packed, scales] = [this.#constant(node.inputs[1]), this.#constant(node.inputs[2])]
    const zeroPoints = this.#constant(node.inputs[3])
    if (!packed || !scales || (node.inputs[3] && !zeroPoints)) return undefined
    const of = (name: string, usual: number): number => intOf(node, name, usual)
    const sizes = { inputs: of('K', 0), outputs: of('N', 0), bits: of('bits', 4), blockSize: of('block_size', 32) }
    return this.#add(node.inputs[1] ?? '', unpackMatrix({ packed, scales, zeroPoints, ...sizes }))
  }

  #add(name: string, weight: Tensor): string {
    const known = this.#moved.get(name)
    if (known !== undefined) return known
    const added = unusedName(`${name}/dequantized`, this.#used)
    this.weights.set(added, weight)
    this.#moved.set(name, added)
    return added
  }

  /** y = x · matrix + bias */
  #product(node: Node, x: string | undefined, matrix: string | undefined, bias = ''): readonly Node[] | undefined {
    if (x === undefined || matrix === undefined) return undefined
    return this.#added(node, 'MatMul', [x, matrix], {}, bias)
  }

  #added(
    node: Node,
    opType: string,
    inputs: readonly string[],
    attributes: Node['attributes'],
    bias: string,
  ): readonly Node[] {
    const [output = ''] = node.outputs
    const sum = bias === '' ? output : unusedName(`${output}/product`, this.#used)
    const last = { ...node, domain: '', attributes: {} }
    if (bias === '') return [{ ...last, opType, inputs, attributes }]
    return [
      { ...last, name: sum, opType, inputs, outputs: [sum], attributes },
      { ...last, opType: 'Add', inputs: [sum, bias] },
    ]
  }

  /**
   * The multiplication that ends a product of whole numbers: y = Cast(MatMulInteger(q, w)) · (scale of q · scale of w).
   * Specification: onnxruntime's dynamic quantization.
   */
  #scaledProduct(node: Node): readonly Node[] | undefined {
    for (const [index, name] of node.inputs.entries()) {
      const cast = this.#producers.get(name)
      const whole = cast?.opType === 'Cast' ? this.#producers.get(cast.inputs[0] ?? '') : undefined
      if (whole?.opType !== 'MatMulInteger' && whole?.opType !== 'ConvInteger') continue
      const [x = '', matrix = '', , zeroPoint = ''] = whole.inputs
      const quantization = this.#producers.get(x)
      const scales = this.#producers.get(node.inputs[1 - index] ?? '')
      const own = scales?.inputs.find((scale) => scale !== quantization?.outputs[1])
      if (quantization?.opType !== 'DynamicQuantizeLinear' || scales?.opType !== 'Mul') continue
      if (!scales.inputs.includes(quantization.outputs[1] ?? '')) continue
      const isConvolution = whole.opType === 'ConvInteger'
      const float = this.#weight(matrix, own, zeroPoint, isConvolution ? 0 : undefined)
      const input = this.#floats.get(x)
      if (float === undefined || input === undefined) continue
      return this.#added(node, isConvolution ? 'Conv' : 'MatMul', [input, float], whole.attributes, '')
    }
    return undefined
  }

  #dequantizeLinear(node: Node): readonly Node[] | undefined {
    const [x = '', scale, zeroPoint] = node.inputs
    const identity = (name: string): Node[] => [{ ...node, opType: 'Identity', inputs: [name], attributes: {} }]
    const activation = this.#floats.get(x)
    if (activation !== undefined) return identity(activation)
    const axis = this.#constant(x) ? intOf(node, 'axis', 1) : undefined
    const rank = this.#constant(x)?.dims.length ?? 0
    const along = axis === undefined || axis >= rank ? undefined : (axis + rank) % rank
    const weight = this.#weight(x, scale, zeroPoint, along, intOf(node, 'block_size', 0))
    if (weight !== undefined) return identity(weight)
    // Rows of a table, or a weight moved otherwise, with one scale for all.
    const mover = this.#producers.get(x)
    const table = mover && isMover(mover) ? this.#weight(mover.inputs[0], scale, zeroPoint, undefined) : undefined
    if (!mover || table === undefined || (this.#constant(scale)?.data.length ?? 0) !== 1) return undefined
    return [{ ...mover, name: node.name, inputs: [table, ...mover.inputs.slice(1)], outputs: node.outputs }]
  }

  /** An operator on quantized activations as one on numbers, whose result is cut off at the ends of the range. */
  #quantized(
    node: Node,
    opType: string,
    inputs: readonly (string | undefined)[],
    scale = '',
    zeroPoint = '',
  ): readonly Node[] | undefined {
    if (inputs.some((name) => name === undefined)) return undefined
    const [output = ''] = node.outputs
    const name = unusedName(`${output}/float`, this.#used)
    const attributes = without(node.attributes, 'channels_last')
    const float = { name, opType, domain: '', inputs: trimmed(inputs as string[]), outputs: [name], attributes }
    const clipped = this.#clipped(node, name, scale, zeroPoint)
    return clipped && [float, ...clipped]
  }

  /** Numbers as far as a quantized activation can stand for them. */
  #clipped(node: Node, x: string, scale: string, zeroPoint: string): readonly Node[] | undefined {
    const [by, zero] = [this.#constant(scale), this.#constant(zeroPoint)]
    if (by?.data.length !== 1 || (zeroPoint !== '' && zero?.data.length !== 1)) return undefined
    const [step = 1, from = 0] = [numbersOf(by)[0], zero && numbersOf(zero)[0]]
    const [least, most] = ranges[zero?.type ?? 'uint8'] ?? [0, 255]
    const [output = ''] = node.outputs
    const name = unusedName(`${output}/clipped`, this.#used)
    const bounds = [least, most].map((end): string => {
      const bound = unusedName(`${name}/bound`, this.#used)
      this.weights.set(bound, float32([], [(end - from) * step]))
      return bound
    })
    this.#floats.set(output, name)
    return [node, { name, opType: 'Clip', domain: '', inputs: [x, ...bounds], outputs: [name], attributes: {} }]
  }

  #move(node: Node, output: string): readonly Node[] | undefined {
    const float = this.#floats.get(node.inputs[0] ?? '')
    if (float === undefined) return undefined
    const name = unusedName(`${output}/float`, this.#used)
    this.#floats.set(output, name)
    return [node, { ...node, name, inputs: [float, ...node.inputs.slice(1)], outputs: [name] }]
  }
}

function trimmed(inputs: readonly string[]): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1)
}
