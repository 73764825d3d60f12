import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const home = fileURLToPath(new URL('..', import.meta.url))

/**
 * All of the package as one ES module, for pages without a bundler. The WebAssembly of onnxruntime-web is looked for beside it, and
 * so is what its WebGPU needs, which most pages never load.
 */
await build({
  absWorkingDir: home,
  entryPoints: ['dist/index.js'],
  outfile: 'dist/standalone.js',
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [
    {
      name: 'webgpu-beside',
      setup(bundler) {
        bundler.onResolve({ filter: /^onnxruntime-web\/webgpu$/ }, () => ({
          path: './ort.webgpu.bundle.min.mjs',
          external: true,
        }))
      },
    },
  ],
})
