import { readAsset } from '@headstart/core/kit'

// Addresses are written out, as seen from here, so that bundlers and file tracers see them.

/** The weights of MobileNetV2, trained on COCO. */
export function mobileNetWeights(): Promise<Uint8Array> {
  return readAsset(
    '@headstart/vision',
    'assets/mobilenet-v2/model.onnx',
    () => new URL('../assets/mobilenet-v2/model.onnx', import.meta.url),
  )
}

/** Those of the body that was trained on Open Images. */
export function openImagesWeights(): Promise<Uint8Array> {
  return readAsset(
    '@headstart/vision',
    'assets/open-images/model.onnx',
    () => new URL('../assets/open-images/model.onnx', import.meta.url),
  )
}

/** Those of the middle of the network of nsfwjs. */
export function nsfwjsWeights(): Promise<Uint8Array> {
  return readAsset(
    '@headstart/vision',
    'assets/nsfwjs/model.onnx',
    () => new URL('../assets/nsfwjs/model.onnx', import.meta.url),
  )
}
