/**
 * Fills packages of platforms with the library of ONNX Runtime and its Node binding, taken from onnxruntime-node in the version
 * that package.json pins, with their license and notices: those that are named, or else that of this machine.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What each binding loads. Left out: on macOS a second copy of the library under its full version, which nothing names (the
 * binding's load command is @rpath/libonnxruntime.1.dylib); on Windows Direct3D's DirectML.dll, dxcompiler.dll and dxil.dll,
 * which are loaded when their devices are asked for, and are under other licenses: for GPUs there is onnxruntime-node.
 */
const libraries = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' }

const home = dirname(dirname(fileURLToPath(import.meta.url)))
const source = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
const [, , ...named] = process.argv
const here = `${process.platform}-${process.arch}`
const platforms = named.length > 0 ? named : readdirSync(join(home, 'npm')).filter((name) => name === here)

for (const platform of platforms) {
  const [os, cpu] = platform.split('-')
  const binaries = join(source, 'bin/napi-v6', os, cpu)
  const target = join(home, 'npm', platform, 'bin')
  mkdirSync(target, { recursive: true })
  for (const name of ['onnxruntime_binding.node', libraries[os]]) replace(join(binaries, name), join(target, name))
  for (const name of ['LICENSE', 'ThirdPartyNotices.txt']) replace(join(home, 'notices', name), join(target, name))
}

/** A new file, never other bytes in one that a running program has loaded. */
function replace(from, to) {
  const [wanted, found] = [from, to].map((path) => statSync(path, { throwIfNoEntry: false }))
  if (found && found.size === wanted.size && found.mtimeMs >= wanted.mtimeMs) return
  rmSync(to, { force: true })
  copyFileSync(from, to)
}
