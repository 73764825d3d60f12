/**
 * Writes a package's JavaScript into its `dist`: one file for each of its doors, and what they share. Loading hundreds of small
 * modules takes longer than running them. Types are written beside it by tsc, which also checks them.
 */
import { readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'))
const doors = Object.values(exports ?? {}).flatMap((door) => door.default ?? [])
const entryPoints = (bin ? ['./dist/main.js'] : doors).map((file) => file.replace(/dist(.*)\.js$/, 'src$1.ts'))

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
})
