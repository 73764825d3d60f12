import { DeviceError } from '../errors.js'
import type * as node from './node-runtime.js'

/** What a page runs is ended with the page. */
export const apart: typeof node.apart = (runtime) => runtime

/** Likewise. */
export const guarded: typeof node.guarded = (runtime) => runtime

/** A page has its own ways: onnxruntime-web runs in a worker where it is told to. */
export const aside: typeof node.aside = (runtime) => runtime

/** Stands for `node-runtime.ts` in a browser: nothing runs there that was not set. */
export const nodeRuntime: typeof node.nodeRuntime = async () => {
  const remedy = 'Load the model with @headstart/web, or give setRuntime one, such as onnxruntime-web.'
  throw new DeviceError('of this page', 'a runtime for browsers', 'none', remedy)
}
