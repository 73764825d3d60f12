import type { AttributeInput } from '@headstart/onnx/kit'
import { imagesOf, operandOf, spatial } from '../images.js'
import type { Importer } from '../operation.js'
import { placeWindow, windowOf } from '../window.js'

const pool =
  (opType: string, attributes: Readonly<Record<string, AttributeInput>> = {}): Importer =>
  (operation) => {
    const images = imagesOf(operation, operation.input(0))
    const { attributes: window, sizes } = placeWindow(
      operation,
      images.sizes,
      windowOf(operation, spatial(operation, 'ksize')),
    )
    const value = operation.write.op(opType, [images.value], { ...window, ...attributes })
    return operandOf(operation, { ...images, value, sizes })
  }

export const poolingOperators: Readonly<Record<string, Importer>> = {
  MaxPool: pool('MaxPool'),
  // Neither TensorFlow nor ONNX, by default, counts padding.
  AvgPool: pool('AveragePool'),
}
