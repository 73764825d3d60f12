/**
 * Writes a package's JavaScript into its `dist`: one file for each of its doors, and what they share. Loading hundreds of small
 * modules takes longer than running them. Types are written beside it by tsc; `npm run typecheck` checks them, of all packages at once.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const { exports, bin, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const doors = Object.values(exports ?? {}).flatMap((door) => door.default ?? [])
const sourceOf = (file) => file.replace(/dist(?:\/browser)?(.*)\.js$/, 'src$1.ts')
/**
 * Packages that stay packages. Not @bufbuild/protobuf, which is 66 small modules: a third of the time of an import. It is a dependency
 * for its types.
 */
const outside = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter(
  (name) => name !== '@bufbuild/protobuf',
)
const options = {
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  external: ['#*', ...outside],
  sourcemap: true,
  logLevel: 'warning',
}

/** In a browser, `name.browser.ts` stands for `name.ts` beside it, which needs Node. */
const inBrowser = {
  name: 'in-a-browser',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\.js$/, '.browser.ts'))
      return existsSync(file) ? { path: file } : undefined
    })
  },
}

rmSync('dist', { recursive: true, force: true })
const entryPoints = (bin ? ['./dist/main.js'] : doors).map(sourceOf)
await build({ ...options, entryPoints, outdir: 'dist', platform: 'node', target: 'node20' })

const browserDoors = Object.values(exports ?? {}).flatMap((door) => door.browser ?? [])
if (browserDoors.length > 0) {
  const forBrowsers = { platform: 'browser', target: 'es2022', plugins: [inBrowser] }
  await build({ ...options, ...forBrowsers, entryPoints: browserDoors.map(sourceOf), outdir: 'dist/browser' })
}
