import { headstart } from './headstart.js'

const interruption = new AbortController()
// The first Ctrl-C stops the work in an orderly way; a second one, with the handler gone, ends the process at once.
process.once('SIGINT', () => interruption.abort())
// A reader that has seen enough (`headstart predict ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const { stdin, stdout, stderr } = process
// Who came through npx has no `headstart` on the path.
const program = process.env['npm_command'] === 'exec' ? 'npx headstart' : 'headstart'
process.exitCode = await headstart(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  program,
  signal: interruption.signal,
})
