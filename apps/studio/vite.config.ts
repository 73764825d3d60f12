import { defineConfig } from 'vite'

/** The page of the studio: `src/page` into `dist/page`, beside the server that serves it. */
export default defineConfig({
  root: 'src/page',
  // Addresses in it are relative, so that it also stands under a path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
  // `vite src/page` while one works on it: what answers is a studio that runs beside it (headstart studio --port 4600).
  server: { proxy: { '/api': 'http://127.0.0.1:4600' } },
})
