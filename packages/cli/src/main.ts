import { createProgram } from './program.js'
import { exitCodeOf, reportError } from './report-error.js'

const interruption = new AbortController()
// The first Ctrl-C stops the work in an orderly way; a second one, with the handler gone, ends the process at once.
process.once('SIGINT', () => interruption.abort())
// A reader that has seen enough (`headstart predict ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

try {
  await createProgram(interruption.signal).parseAsync()
} catch (error) {
  reportError(error, interruption.signal)
  process.exitCode = exitCodeOf(error, interruption.signal)
}
