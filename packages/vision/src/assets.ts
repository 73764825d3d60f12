import { readAsset } from '@headstart/core/kit'

/** The weights of MobileNetV2. Their address is written out, as seen from here, so that bundlers and file tracers see it. */
export function mobileNetWeights(): Promise<Uint8Array> {
  return readAsset(
    '@headstart/vision',
    'assets/mobilenet-v2/model.onnx',
    () => new URL('../assets/mobilenet-v2/model.onnx', import.meta.url),
  )
}
