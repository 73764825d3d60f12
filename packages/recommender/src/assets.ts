import { readAsset } from '@headstart/core/kit'

/** The pre-trained network of behavior. Its address is written out, as seen from here, so that bundlers and file tracers see it. */
export function behaviorWeights(): Promise<Uint8Array> {
  return readAsset(
    '@headstart/recommender',
    'weights/behavior.onnx',
    () => new URL('../weights/behavior.onnx', import.meta.url),
  )
}
