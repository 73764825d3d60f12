import type { Dimension, ElementType, Tensor, Value } from '@headstart/onnx'

/**
 * In which order the elements of a value lie: as TensorFlow has them, or, of a tensor of images that TensorFlow has as
 * [batch, height, width, channels], with the channels before height and width, as ONNX wants them.
 */
export type Layout = 'tf' | 'nchw'

/** A value of the TensorFlow graph, and where it stands in the ONNX graph. */
export interface Operand {
  readonly value: Value
  readonly type: ElementType
  /** Shape in TensorFlow's order, whatever the layout; '' for a dimension of which nothing is known. */
  readonly dims: readonly Dimension[]
  readonly layout: Layout
  /** The contents, where they are known before the graph runs. */
  readonly tensor?: Tensor | undefined
  /** Contents of a small vector of whole numbers or a single one, as far as known: a shape, mostly. */
  readonly elements?: readonly Dimension[] | undefined
}

/** ONNX axis of each TensorFlow axis of images, and the other way round. */
export const nhwcToNchw = [0, 3, 1, 2] as const
export const nchwToNhwc = [0, 2, 3, 1] as const

/** The axis of an operand's value in ONNX that is `axis` in TensorFlow. */
export function onnxAxis({ layout }: Operand, axis: number): number {
  return layout === 'nchw' ? (nchwToNhwc[axis] as number) : axis
}

/** The shape of an operand's value as it stands in the ONNX graph. */
export function onnxDims({ dims, layout }: Pick<Operand, 'dims' | 'layout'>): readonly Dimension[] {
  return layout === 'nchw' ? nhwcToNchw.map((axis) => dims[axis] as Dimension) : dims
}
