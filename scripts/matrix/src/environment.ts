import type { Project } from './project.js'

/** Something that Headstart is to work in: a bundler, a framework, a test runner, a version of Node. */
export interface Environment {
  readonly name: string
  /** npm packages beside Headstart's, as npm installs them: 'esbuild@0.28'. */
  readonly tools: readonly string[]
  /**
   * Runs a small real program there.
   * @returns What ran, in a few words
   * @throws ProgramError when it fails; Skipped when it cannot be tried on this machine
   */
  run(project: Project): Promise<string>
}

/** It cannot be tried here: that is neither passed nor failed. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}
