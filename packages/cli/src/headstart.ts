import { exitCodeOf, reportError } from './console/report-error.js'
import type { ExitCode, Session, Terminal } from './console/terminal.js'
import { createProgram } from './program.js'

/** The command line, from its arguments to its exit code. */
export async function headstart(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const session: Session = { ...terminal, exitCode: 0 }
  try {
    const program = await createProgram(args, session)
    await program.parseAsync(args, { from: 'user' })
    return session.exitCode
  } catch (error) {
    reportError(error, terminal)
    return exitCodeOf(error, terminal.signal)
  }
}
