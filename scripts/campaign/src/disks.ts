import { execFileSync } from 'node:child_process'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '@headstart/core/kit'
import { loadModel } from '@headstart/nlp'
import { script } from './program.js'
import { savedModels } from './saved-models.js'
import { type Extent, type Row, shareOf } from './table.js'

const save = `
  import { loadModel } from '@headstart/nlp'
  const [, saved, out] = process.argv
  const model = await loadModel(saved)
  await model.save(out).then(() => console.log('saved'), (error) => console.log(error.name + ': ' + error.message))`

/**
 * Saves over a model on a disk that fills up: a small tmpfs where this process may mount one, else a limit on the size of a file
 * (RLIMIT_FSIZE), to which the system answers in the same way.
 */
export async function disks(extent: Extent): Promise<Row[]> {
  const { below } = random(extent.seed)
  const count = shareOf(20, extent)
  const place = join(extent.folder, 'disk')
  await mkdir(place)
  const isMounted = mounted(place)
  const wrong: string[] = []
  let refused = 0
  try {
    for (let round = 0; round < count; round++) {
      const folder = join(place, `round-${round}`)
      await mkdir(folder)
      const out = join(folder, 'model')
      await cp(savedModels.pieces, out, { recursive: true })
      const filler = isMounted ? fill(place, below(60)) : undefined
      const limit = isMounted ? undefined : 1 + below(20)
      const { said } = await limited(limit, out).ended
      filler?.()
      if (/FileError: .*a full disk/.test(said)) refused++
      else if (said.trim() !== 'saved') wrong.push(said.slice(-300))
      await loadModel(out).then(
        (model) => model.close(),
        (error: unknown) => wrong.push(`no whole model: ${(error as Error).message}`),
      )
      const left = (await readdir(folder)).filter((name) => name !== 'model')
      if (left.length > 0) wrong.push(`left ${left.join(', ')}`)
      execFileSync('rm', ['-r', folder])
    }
  } finally {
    if (isMounted) execFileSync('umount', [place])
  }
  const how = isMounted ? 'a tmpfs of 1 MB' : 'a limit on files'
  return [{ what: 'saves on a full disk', done: count, wrong, also: `${how}; ${refused} refused, the old model whole` }]
}

function limited(kibibytes: number | undefined, out: string) {
  if (kibibytes === undefined) return script(save, [savedModels.text, out])
  return script(
    `import { spawnSync } from 'node:child_process'
    const [, ...args] = process.argv
    const { stdout, stderr } = spawnSync('bash', ['-c', 'trap "" XFSZ; ulimit -f ${kibibytes}; exec "$@"', 'bash', process.execPath, '--input-type=module', '--eval', ${JSON.stringify(save)}, ...args])
    process.stdout.write(stdout + stderr)`,
    [savedModels.text, out],
  )
}

function mounted(place: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Leaves so many kibibytes free; gives what empties it again. */
function fill(place: string, free: number): () => void {
  const path = join(place, 'filler')
  const available = Number(execFileSync('df', ['--output=avail', '-k', place]).toString().split('\n')[1])
  execFileSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=1024', `count=${Math.max(0, available - free)}`], {
    stdio: 'ignore',
  })
  return () => execFileSync('rm', ['-f', path])
}
