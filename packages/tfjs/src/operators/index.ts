import type { Importer } from '../operation.js'
import { activationOperators } from './activations.js'
import { convolutionOperators } from './convolution.js'
import { denseOperators } from './dense.js'
import { elementwiseOperators } from './elementwise.js'
import { normalizationOperators } from './normalization.js'
import { paddingOperators } from './padding.js'
import { passingOperators } from './passing.js'
import { poolingOperators } from './pooling.js'
import { reductionOperators } from './reductions.js'
import { resizeOperators } from './resize.js'
import { shapingOperators } from './shaping.js'
import { slicingOperators } from './slicing.js'

/** How each TensorFlow operator is written in ONNX, by its name. `Placeholder` and `Const` are not computed. */
export const operators: Readonly<Record<string, Importer>> = {
  ...passingOperators,
  ...convolutionOperators,
  ...poolingOperators,
  ...normalizationOperators,
  ...denseOperators,
  ...activationOperators,
  ...elementwiseOperators,
  ...shapingOperators,
  ...slicingOperators,
  ...paddingOperators,
  ...reductionOperators,
  ...resizeOperators,
}
