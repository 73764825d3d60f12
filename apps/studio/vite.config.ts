import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

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
    // Whoever gets the page gets the licenses of what is in it.
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es', plugins: () => [workerLicenses()] },
  // `vite src/page` while one works on it: what answers is a studio that runs beside it (headstart studio --port 4600).
  server: { proxy: { '/api': 'http://127.0.0.1:4600' } },
})

/** The same of the worker, which Vite leaves out. */
function workerLicenses(): Plugin {
  return {
    name: 'worker-licenses',
    generateBundle() {
      const folders = [...this.getModuleIds()].flatMap(
        (id) => /^\/?.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? [],
      )
      const said = [...new Set(folders)].map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
        return `## ${name} - ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8') : ''}`
      })
      this.emitFile({ type: 'asset', fileName: 'worker-licenses.md', source: said.join('\n') })
    },
  }
}
