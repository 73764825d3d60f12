/** ONNX Runtime for Node, as Headstart ships it. */
export { HeadstartError, RuntimeError } from './errors.js'
export { type Machine } from './machine.js'
export { type InferenceSession, type Metadata, type OnnxruntimeModule, Tensor } from './native-session.js'
export { type OpenedRuntime, openRuntime, type OpenRuntimeOptions } from './open-runtime.js'
export { onnxruntimeVersion, version } from './version.js'
