import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProgramError, type ProgramOptions, runProgram } from './run-program.js'
import { Skipped } from './skipped.js'

/** The programs: `main.mjs` prints what `all()` of `all.mjs` returns, everywhere; `serve.mjs` where servers run. */
const programs = join(dirname(dirname(fileURLToPath(import.meta.url))), 'programs')

/** What `all()` answers where all is well. */
export const rightAnswers = 'delivery, payment; disc, stripes; milk'

/** What `serve.mjs` prints where all is well. */
const rightlyServed = 'served: delivery, payment; delivery, payment; 200'

/** A project of a user: a folder, and what is installed in it. */
export class Project {
  constructor(readonly folder: string) {}

  /** Writes a file of the project. */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }

  /** Takes the programs into a folder of the project. */
  async takePrograms(folder = '.'): Promise<void> {
    await cp(programs, join(this.folder, folder), { recursive: true })
  }

  /**
   * Runs a program in the project.
   * @returns What it wrote to its standard output
   * @throws ProgramError when it fails
   */
  run(program: string, args: readonly string[], options: Partial<ProgramOptions> = {}): Promise<string> {
    return runProgram(program, args, { cwd: this.folder, ...options })
  }

  /** Runs Node. */
  node(...args: readonly string[]): Promise<string> {
    return this.run(process.execPath, args)
  }

  /** Runs the command of an installed package. @param script Its path in node_modules. */
  tool(script: string, ...args: readonly string[]): Promise<string> {
    return this.node(join('node_modules', script), ...args)
  }

  /** The name of an installed package with its version. */
  async nameOf(name: string): Promise<string> {
    const manifest = await readFile(join(this.folder, 'node_modules', name, 'package.json'), 'utf8')
    return `${name} ${(JSON.parse(manifest) as { version: string }).version}`
  }
}

/**
 * Makes a folder with nothing in it and installs there with npm.
 * @param packages Of Headstart, from a local registry.
 * @param tools From the usual one.
 * @throws Skipped where there are no such tools for this platform, or the registry does not answer; ProgramError when the
 * installation fails otherwise.
 */
export async function makeProject(
  folder: string,
  registry: string,
  packages: readonly string[],
  tools: readonly string[],
): Promise<Project> {
  await rm(folder, { recursive: true, force: true })
  const project = new Project(folder)
  await project.write('package.json', JSON.stringify({ name: 'project', private: true }))
  await project.write('.npmrc', `@headstart:registry=${registry}\n`)
  await install(project, packages)
  if (tools.length === 0) return project
  try {
    await install(project, tools)
  } catch (error) {
    const [, code] = absent.exec((error as Error).message) ?? []
    throw code === undefined ? error : new Skipped(`${tools.join(', ')}: ${code}`)
  }
  return project
}

/** How npm says that a package is not there, not for this platform, or cannot be asked for. */
const absent = /npm error code (E404|ETARGET|EBADPLATFORM|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)/

async function install(project: Project, packages: readonly string[]): Promise<void> {
  await project.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages])
}

/** @throws ProgramError where a program says something else than the right answers. */
export function expectRight(output: string): void {
  if (!output.includes(rightAnswers)) throw new ProgramError(`Expected "${rightAnswers}", got:\n${output.trim()}`)
}

/** @throws ProgramError where a server answers something else. */
export function expectServed(output: string): void {
  if (!output.includes(rightlyServed)) throw new ProgramError(`Expected "${rightlyServed}", got:\n${output.trim()}`)
}
