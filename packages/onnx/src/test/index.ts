import './allclose.js'

export type { Numbers, Tolerance } from './allclose.js'
export { checkGradient, type CheckGradientOptions } from './check-gradient.js'
export { randomTensor } from './random-tensor.js'
export { type Watched, watchedRuntime } from './watched-runtime.js'
