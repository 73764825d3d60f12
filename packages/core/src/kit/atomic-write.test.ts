import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { runScript } from '../../test/run-script.js'
import { FileError, OptionError } from '../contract/errors.js'
import { writeFileAtomically, writeFolderAtomically } from './atomic-write.js'

const linux = process.platform === 'linux'
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const files = (...names: string[]): Map<string, Uint8Array> => new Map(names.map((name) => [name, text(`new ${name}`)]))
const replace = async (): Promise<void> => {}

/** Files in the middle of whose writing something happens: after the last one, before the folders are swapped. */
class EventfulFiles extends Map<string, Uint8Array> {
  event = (): void => {};
  override *[Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    yield* super.entries()
    this.event()
  }
}

let place = ''
let model = ''
beforeEach(async () => {
  place = await temporaryFolder()
  model = join(place, 'model')
})

/** What is in a folder: names and contents. */
async function contents(folder: string): Promise<Record<string, string>> {
  const read = async (name: string): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')]
  return Object.fromEntries(await Promise.all((await readdir(folder)).map(read)))
}

async function oldModel(): Promise<Record<string, string>> {
  await mkdir(model)
  for (const name of ['a', 'b', 'old']) await writeFile(join(model, name), `old ${name}`)
  return contents(model)
}

describe('writeFileAtomically', () => {
  it('writes a new file and replaces an old one, and leaves nothing else', async () => {
    const path = join(place, 'report.json')
    await writeFileAtomically(path, text('first'))
    await writeFileAtomically(path, text('second'))
    expect(await contents(place)).toEqual({ 'report.json': 'second' })
  })

  it.skipIf(process.platform === 'win32')('follows a link', async () => {
    await writeFile(join(place, 'v1'), 'old')
    await symlink('v1', join(place, 'latest'))
    await writeFileAtomically(join(place, 'latest'), text('new'))
    expect(await readlink(join(place, 'latest'))).toBe('v1')
    expect(await contents(place)).toEqual({ v1: 'new', latest: 'new' })
  })

  it('says what is wrong with the path', async () => {
    await oldModel()
    await expect(writeFileAtomically(join(place, 'none', 'x'), text(''))).rejects.toThrow(
      'a folder to write into, got none',
    )
    await expect(writeFileAtomically(join(model, 'a', 'x'), text(''))).rejects.toThrow('a file in its place')
    await expect(writeFileAtomically(model, text(''))).rejects.toThrow(
      `${model}: expected the path of a file, got a folder`,
    )
    expect(await readdir(place)).toEqual(['model'])
  })

  it.runIf(linux)('does not put a file in the place of a device', async () => {
    await expect(writeFileAtomically('/dev/null', text('x'))).rejects.toThrow(
      'expected the path of a file, got a device',
    )
    await expect(writeFolderAtomically('/dev/null', files(), { replace })).rejects.toThrow('got a device')
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it.runIf(linux)('keeps the old file when there is no room for the new one', async () => {
    const path = join(place, 'report.json')
    await writeFileAtomically(path, text('old'))
    const script = `
      import { writeFileAtomically } from './kit/atomic-write.js'
      const [, , path] = process.argv
      const error = await writeFileAtomically(path, new Uint8Array(100_000)).catch((error) => error)
      console.log(JSON.stringify({ name: error.name, fault: error.fault, message: error.message }))`
    const { stdout } = await runScript(script, [path], { fileLimit: 8 })
    expect(JSON.parse(stdout)).toEqual({
      name: 'FileError',
      fault: 'environment',
      message:
        `${path}: expected room to write, got a full disk (EFBIG). ` +
        'Nothing was changed: free some space or choose another place.',
    })
    expect(await contents(place)).toEqual({ 'report.json': 'old' })
  })
})

describe('writeFolderAtomically', () => {
  it('writes a new folder and asks nobody', async () => {
    await writeFolderAtomically(`${model}/`, files('a', 'b'), { replace: () => expect.fail('nothing to replace') })
    expect(await contents(model)).toEqual({ a: 'new a', b: 'new b' })
    expect(await readdir(place)).toEqual(['model'])
  })

  it('writes folders within it', async () => {
    await writeFolderAtomically(model, files('a', 'onnx/deep/b'), { replace })
    expect(await readdir(model, { recursive: true })).toEqual(
      expect.arrayContaining(['a', 'onnx', join('onnx', 'deep'), join('onnx', 'deep', 'b')]),
    )
    expect(await readdir(place)).toEqual(['model'])
  })

  it('replaces the old folder as a whole', async () => {
    await oldModel()
    const asked: string[] = []
    await writeFolderAtomically(model, files('a', 'new'), { replace: async (existing) => void asked.push(existing) })
    expect(await contents(model)).toEqual({ a: 'new a', new: 'new new' })
    expect(await readdir(place)).toEqual(['model'])
    expect(asked).toEqual([model])
  })

  it('keeps the old folder when it must not be replaced', async () => {
    const old = await oldModel()
    const refusal = new OptionError('model', 'a model folder', 'holiday pictures', 'Choose another place.')
    await expect(writeFolderAtomically(model, files('a'), { replace: () => Promise.reject(refusal) })).rejects.toBe(
      refusal,
    )
    expect(await contents(model)).toEqual(old)
    expect(await readdir(place)).toEqual(['model'])
  })

  it('keeps a folder that has appeared in the meantime', async () => {
    const eventful = new EventfulFiles(files('a'))
    eventful.event = () => {
      mkdirSync(model)
      writeFileSync(join(model, 'other'), 'whole')
    }
    await expect(writeFolderAtomically(model, eventful, { replace })).rejects.toThrow('expected a path that is free')
    expect(await contents(model)).toEqual({ other: 'whole' })
    expect(await readdir(place)).toEqual(['model'])
  })

  it('puts the old folder back when the new one cannot take its place', async () => {
    const old = await oldModel()
    const steps: string[] = []
    const signal = Object.assign(new AbortController().signal, {
      throwIfAborted: () => {
        steps.push('asked')
        // Once before the file, once before the swap, for which there is no new folder any more.
        const asides = readdirSync(place).filter((name) => name.endsWith('.tmp'))
        if (steps.length === 2) for (const name of asides) rmSync(join(place, name), { recursive: true })
      },
    })
    await expect(writeFolderAtomically(model, files('a'), { replace, signal })).rejects.toThrow(FileError)
    expect(steps.length).toBe(2)
    expect(await contents(model)).toEqual(old)
    expect(await readdir(place)).toEqual(['model'])
  })

  it('is stopped by its signal up to the swap', async () => {
    const old = await oldModel()
    const stop = new AbortController()
    const eventful = new EventfulFiles(files('a', 'b', 'c'))
    eventful.event = () => stop.abort(new Error('enough'))
    await expect(writeFolderAtomically(model, eventful, { replace, signal: stop.signal })).rejects.toThrow('enough')
    await expect(writeFolderAtomically(model, files('a'), { replace, signal: stop.signal })).rejects.toThrow('enough')
    expect(await contents(model)).toEqual(old)
    expect(await readdir(place)).toEqual(['model'])
  })

  it.each(['', '..', 'a/../../b', '/b', 'a//b', 'a\\b'])('refuses the file name "%s"', async (name) => {
    await expect(writeFolderAtomically(model, files(name), { replace })).rejects.toThrow(OptionError)
    expect(await readdir(place)).toEqual([])
  })

  it('refuses a file in the place of the folder', async () => {
    await writeFile(model, 'x')
    const writing = writeFolderAtomically(model, files('a'), { replace })
    await expect(writing).rejects.toThrow(FileError)
    await expect(writing).rejects.toThrow(`${model}: expected the path of a folder, got a file`)
    expect(await contents(place)).toEqual({ model: 'x' })
  })

  it.runIf(linux)('keeps the old folder when there is no room for the new one', async () => {
    const old = await oldModel()
    const script = `
      import { writeFolderAtomically } from './kit/atomic-write.js'
      const [, , path] = process.argv
      const files = new Map([['small', new Uint8Array(10)], ['large', new Uint8Array(100_000)]])
      const error = await writeFolderAtomically(path, files, { replace: async () => {} }).catch((error) => error)
      console.log(error.message)`
    const { stdout } = await runScript(script, [model], { fileLimit: 8 })
    expect(stdout).toMatch(/^\S+model: expected room to write, got a full disk \(EFBIG\)\. Nothing was changed/)
    expect(await contents(model)).toEqual(old)
    expect(await readdir(place)).toEqual(['model'])
  })

  it.skipIf(process.platform === 'win32')('keeps the old folder when it is killed, and writes after that', async () => {
    const old = await oldModel()
    const script = `
      import { writeFolderAtomically } from './kit/atomic-write.js'
      const [, , path] = process.argv
      class Deadly extends Map {
        *[Symbol.iterator]() {
          yield* super.entries()
          process.kill(process.pid, 'SIGKILL')
        }
      }
      await writeFolderAtomically(path, new Deadly([['a', new Uint8Array(5)]]), { replace: async () => {} })`
    expect(await runScript(script, [model])).toMatchObject({ signal: 'SIGKILL' })
    expect(await contents(model)).toEqual(old)
    const leftover = (await readdir(place)).find((name) => name !== 'model') ?? ''
    expect(leftover).toMatch(/^model\..*\.tmp$/)
    expect(await readdir(join(place, leftover))).toEqual(['a'])

    await writeFolderAtomically(model, files('b'), { replace })
    expect(await contents(model)).toEqual({ b: 'new b' })
  })
})
