import { spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a program said. */
export interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
}

/** The TypeScript examples of a package's README, as programs in a folder of their own, in which they run. */
export interface ReadmeExamples {
  readonly readme: string
  readonly folder: string
  /** What the compiler said of their types, as strict as with the package's own. */
  compile(): Output
  run(name: string): Output
  remove(): Promise<void>
}

/**
 * Writes them down and compiles them, inside the package, so that it is found as its users find it.
 * @param home Folder of the package.
 * @param names One for each example, in their order; those of one name are one program, each going on where the one before ends.
 */
export async function readmeExamples(home: URL, names: readonly string[]): Promise<ReadmeExamples> {
  const readme = await readFile(new URL('README.md', home), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  if (blocks.length !== names.length)
    throw new Error(`README.md of ${home.pathname}: expected ${names.length} examples, got ${blocks.length}.`)
  const folder = await mkdtemp(fileURLToPath(new URL('test/.readme-', home)))
  for (const [place, code] of blocks.entries()) await appendFile(join(folder, `${names[place]}.ts`), code)
  await writeFile(
    join(folder, 'tsconfig.json'),
    '{ "extends": "../../tsconfig.json", "compilerOptions": { "noEmit": false, "declaration": false }, "include": ["*.ts"] }',
  )

  const node = (...args: string[]): Output => {
    const env = { ...process.env, HEADSTART_CACHE: join(folder, 'cache'), NO_COLOR: '1' }
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env })
    return { stdout, stderr, status }
  }
  // Once for all: plain JavaScript starts sooner than what is compiled as it is loaded.
  const compiled = node(join(dirname(createRequire(home).resolve('typescript/package.json')), 'bin/tsc'), '-p', folder)
  return {
    readme,
    folder,
    compile: () => compiled,
    run: (name) => node(`${name}.js`),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
