import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'pg'
import { freePort } from './redis-server.js'

const home = '/usr/lib/postgresql'
/** The programs of Debian's PostgreSQL, the newest there is. */
const programs = existsSync(home)
  ? readdirSync(home)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(home, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')))
  : undefined
if (programs === undefined) console.warn('Tests of PostgreSQL are left out: it is not installed.')
export const hasPostgres = programs !== undefined

/** A server of a test's own, which no superuser may be: root starts it as another. @param folder Of the test. */
export async function postgresServer(folder: string): Promise<{ pool: Pool; stop(): Promise<void> }> {
  const nobody = 65534
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  // It has to come as far as its folder, and the temporary one of whoever runs this can be closed to others.
  const data = await mkdtemp('uid' in owner ? '/tmp/headstart-postgres-' : join(folder, 'postgres-'))
  if ('uid' in owner) await chown(data, nobody, nobody)
  const options = { ...owner, stdio: 'ignore', cwd: '/' } as const
  execFileSync(
    join(programs as string, 'initdb'),
    ['-D', data, '-U', 'tester', '--auth', 'trust', '--no-sync'],
    options,
  )
  const port = await freePort()
  const settings = ['-D', data, '-p', String(port), '-k', '', '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off']
  const child: ChildProcess = spawn(join(programs as string, 'postgres'), settings, options)
  const pool = new Pool({ host: '127.0.0.1', port, user: 'tester', database: 'postgres' })
  pool.on('error', () => {})
  const isUp = (): Promise<boolean> =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    )
  for (const end = performance.now() + 60_000; !(await isUp()); await wait(50))
    if (child.exitCode !== null || performance.now() > end) throw new Error('postgres does not start.')
  return {
    pool,
    async stop() {
      await pool.end()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}
