import { float } from '@headstart/onnx/kit'
import { imagesOf, operandOf } from '../images.js'
import type { Importer } from '../operation.js'

/** Batch normalization by the statistics of training, which are its inputs. */
const fusedBatchNorm: Importer = (operation) => {
  // TensorFlow.js does not look at `is_training` either: where it is set, the statistics are inputs all the same.
  const images = imagesOf(operation, operation.input(0))
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((index) => operation.write.tf(operation.input(index)).value)
  const epsilon = float(operation.number('epsilon', 1e-4))
  const inputs = [images.value, scale ?? '', offset ?? '', mean ?? '', variance ?? ''] as const
  return operandOf(operation, { ...images, value: operation.write.op('BatchNormalization', inputs, { epsilon }) })
}

export const normalizationOperators: Readonly<Record<string, Importer>> = {
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
}
