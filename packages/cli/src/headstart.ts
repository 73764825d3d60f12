import { exitCodeOf, reportError } from './console/report-error.js'
import type { ExitCode, Session, Terminal } from './console/terminal.js'
import { createProgram } from './program.js'
import { taskEntries, type TaskEntry } from './tasks.js'

/**
 * The command line, from its arguments to its exit code.
 * @param tasks What it knows of: a domain is one entry.
 */
export async function headstart(
  args: readonly string[],
  terminal: Terminal,
  tasks: readonly TaskEntry[] = taskEntries,
): Promise<ExitCode> {
  const session: Session = { program: 'headstart', ...terminal, tasks, exitCode: 0 }
  try {
    const program = await createProgram(args, session)
    await program.parseAsync(args, { from: 'user' })
    return session.exitCode
  } catch (error) {
    reportError(error, session)
    return exitCodeOf(error, terminal.signal)
  }
}
