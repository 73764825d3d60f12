import type { Project } from './project.js'

/** Something that Headstart is to work in: a bundler, a framework, a test runner, a version of Node. */
export interface Environment {
  readonly name: string
  /** npm packages beside Headstart's, as npm installs them: 'esbuild@0.28'. */
  readonly tools: readonly string[]
  /**
   * Runs a small real program there.
   * @returns What ran, with its version
   * @throws ProgramError when it fails
   */
  run(project: Project): Promise<string>
}
