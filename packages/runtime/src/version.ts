/** Of this package and those of the platforms, which are published together. */
export const version = '0.1.0'

/** Of ONNX Runtime: what the packages of the platforms hold, and in which major and minor version others are taken. */
export const onnxruntimeVersion = '1.30.0'
