import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { ExportFormat, Trained } from '@headstart/core'
import { readAsset } from '@headstart/core/kit'

/** Where the page looks for all that is no part of the model. */
const program = 'headstart'
const webAssembly = 'ort-wasm-simd-threaded.wasm'

/**
 * A model as a folder that a browser opens, for `exportModel`: the saved model with a page to try it on, which needs nothing but a
 * server of files (`npx serve FOLDER`). The folder is still a saved model.
 */
export function pageFormat(model: Pick<Trained<never, never, never>, 'pack'>): ExportFormat {
  return {
    description: 'a page to try it on, for any server of files',
    make: async () => ({ ...(await model.pack()), beside: await pageFiles() }),
  }
}

/** The page, this package as one module, and the WebAssembly of onnxruntime-web. */
async function pageFiles(): Promise<Map<string, Uint8Array>> {
  const { resolve } = createRequire(import.meta.url)
  const runtime = (): URL => pathToFileURL(resolve(`onnxruntime-web/${webAssembly}`))
  return new Map([
    ['index.html', await asset('page/index.html', () => new URL('../page/index.html', import.meta.url))],
    [`${program}/standalone.js`, await asset('dist/standalone.js', () => new URL('standalone.js', import.meta.url))],
    [`${program}/${webAssembly}`, await readAsset('onnxruntime-web', `dist/${webAssembly}`, runtime)],
  ])
}

function asset(path: string, locate: () => URL): Promise<Uint8Array> {
  return readAsset('@headstart/web', path, locate)
}
