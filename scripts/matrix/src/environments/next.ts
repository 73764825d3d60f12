import { cp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight, Project } from '../project.js'
import { ProgramError, whileServing } from '../run-program.js'

const tools = ['next@^16.4.6', 'react@^19.3.1', 'react-dom@^19.3.1']

/** The App Router with a route that runs in Node, built by Turbopack and served. */
export const next: Environment = {
  name: 'Next.js, Turbopack',
  tools,
  async run(project) {
    await build(project, {})
    expectRight(await ask(project, ['node_modules/next/dist/bin/next', 'start']))
    return await project.nameOf('next')
  },
}

/** The same as a folder of its own, taken to where nothing else is installed. The library of this platform has to be named. */
export const nextStandalone: Environment = {
  name: "Next.js, output: 'standalone'",
  tools,
  async run(project) {
    await build(project, {
      output: 'standalone',
      outputFileTracingIncludes: { '/ask': ['node_modules/@headstart/runtime-*/**'] },
    })
    const elsewhere = new Project(`${project.folder}-standalone`)
    await rm(elsewhere.folder, { recursive: true, force: true })
    await cp(join(project.folder, '.next/standalone'), elsewhere.folder, { recursive: true, verbatimSymlinks: true })
    // What was built must not find what it was built from.
    await rm(join(project.folder, 'node_modules', '@headstart'), { recursive: true })
    expectRight(await ask(elsewhere, ['server.js']))
    return await project.nameOf('next')
  },
}

async function build(project: Project, config: object): Promise<void> {
  await project.takePrograms('lib')
  await project.write('next.config.mjs', `export default ${JSON.stringify(config)}`)
  await project.write(
    'app/layout.jsx',
    'export default function Layout({ children }) { return <html><body>{children}</body></html> }',
  )
  await project.write('app/page.jsx', 'export default function Page() { return <p>Headstart</p> }')
  await project.write(
    'app/ask/route.js',
    `import { all } from '../../lib/all.mjs'
     export const dynamic = 'force-dynamic'
     export async function GET() { return new Response(await all()) }`,
  )
  await project.run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    env: { NEXT_TELEMETRY_DISABLED: '1' },
  })
}

/** Starts the server and asks its route. */
async function ask(project: Project, args: readonly string[]): Promise<string> {
  const port = await freePort()
  const env = { PORT: String(port), HOSTNAME: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1' }
  return whileServing(process.execPath, args, { cwd: project.folder, env, ready: /Ready in/ }, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/ask`)
    if (response.ok) return await response.text()
    throw new ProgramError(`The server answered with status ${response.status}.`)
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
