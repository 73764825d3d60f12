import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { twoLayers } from '../../test/two-layers.js'
import { encodeModel } from './encode.js'
import { readOnnx, writeOnnx } from './file.js'

describe('readOnnx', () => {
  it('reads a file', async () => {
    const { path, graph } = fixture('classifier')
    expect(await readOnnx(path)).toEqual(graph())
  })

  it('names the file that is missing, or no model', async () => {
    const folder = await temporaryFolder()
    const missing = join(folder, 'missing.onnx')
    expect(await errorOf(() => readOnnx(missing))).toBe(`Error: ENOENT: no such file or directory, stat '${missing}'`)
    const empty = join(folder, 'empty.onnx')
    await writeFile(empty, '')
    expect(await errorOf(() => readOnnx(empty))).toBe(
      `OnnxFormatError: ${empty}: this is no ONNX model: it has no graph or no operator set. Check the file.`,
    )
  })
})

describe('writeOnnx', () => {
  it('writes a file that readOnnx reads, in place of an older one', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'net.onnx')
    await writeFile(path, 'something older and longer than the model'.repeat(100))
    await writeOnnx(twoLayers(), path)
    expect(await readOnnx(path)).toEqual(twoLayers())
    expect(await readdir(folder)).toEqual(['net.onnx'])
  })

  it('leaves a whole file when two write at once', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'net.onnx')
    await Promise.all(Array.from({ length: 8 }, () => writeOnnx(twoLayers(), path)))
    expect(new Uint8Array(await readFile(path))).toEqual(encodeModel(twoLayers()))
    expect(await readdir(folder)).toEqual(['net.onnx'])
  })

  it('leaves nothing behind when it fails', async () => {
    const folder = await temporaryFolder()
    const taken = join(folder, 'folder.onnx')
    await mkdir(taken)
    expect(await errorOf(() => writeOnnx(twoLayers(), taken))).toMatch(/^Error: EISDIR: .*folder\.onnx/)
    expect(await errorOf(() => writeOnnx(twoLayers(), join(folder, 'missing', 'net.onnx')))).toMatch(/^Error: ENOENT: /)
    expect(await readdir(folder)).toEqual(['folder.onnx'])
  })

  it.skipIf(process.platform === 'win32')('leaves the old file when the disk has no room', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'net.onnx')
    await writeOnnx(twoLayers(), path)
    const script = `
      import { GraphBuilder, writeOnnx } from './src/index.js'
      import { zeros } from './src/kit.js'
      const g = new GraphBuilder('large')
      g.output('y', g.weight('w', zeros('float32', [1000, 1000])), 'float32')
      await writeOnnx(g.build(), ${JSON.stringify(path)}).catch((error) => console.log(error.code))
    `
    // The largest file that the process can write is of 64 KiB.
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', script]
    const { stdout } = spawnSync('bash', ['-c', 'trap "" XFSZ; ulimit -f 64; exec "$@"', 'bash', ...node], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
      encoding: 'utf8',
    })
    expect(stdout).toBe('EFBIG\n')
    expect(await readOnnx(path)).toEqual(twoLayers())
    expect(await readdir(folder)).toEqual(['net.onnx'])
  })
})
