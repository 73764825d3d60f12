import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { reasonOf, RuntimeError } from './errors.js'
import { describeMachine, type Machine, packageOf } from './machine.js'
import { type Binding, Tensor } from './native-session.js'
import { onnxruntimeVersion, version } from './version.js'

const who = '@headstart/runtime'
const fatal = 4
// Of its own, so that bundlers leave alone what is required: a native library is found beside the program, not inside of it.
const requireHere = createRequire(import.meta.url)
let initialized: Binding | undefined

/**
 * Name of the package that holds the library for a machine.
 * @throws RuntimeError when the machine has none, or the package is missing or of another version.
 */
export function findBinding(machine: Machine, require: NodeJS.Require = requireHere): string {
  const name = packageOf(machine)
  if (name === undefined) throw unsupported(machine)
  requireInstalled(name, require)
  return name
}

/**
 * The Node binding out of that package, ready for sessions. With it comes the library.
 * @throws RuntimeError when it does not load, or another version of the library is in the process.
 */
export function loadBinding(name: string, require: NodeJS.Require = requireHere): Binding {
  requireAlone(require)
  try {
    const binding = require(`${name}/onnxruntime_binding.node`) as Binding
    if (initialized !== binding) binding.initOrtOnce(fatal, Tensor, isMainThread)
    initialized = binding
    return binding
  } catch (cause) {
    throw notLoaded(name, cause)
  }
}

function unsupported(machine: Machine): RuntimeError {
  const expected = 'Linux with glibc, Windows or macOS with Apple silicon'
  const remedy = `Install onnxruntime-web@${onnxruntimeVersion}, and it is used, in WebAssembly.`
  return new RuntimeError(who, expected, describeMachine(machine), remedy)
}

function requireInstalled(name: string, require: NodeJS.Require): void {
  let manifest: { readonly version: string }
  try {
    manifest = require(`${name}/package.json`) as typeof manifest
  } catch (cause) {
    const remedy =
      'npm leaves it out with --omit=optional, and with a lock file or node_modules made on another system: install anew on ' +
      `this one, or npm install ${name}@${version}. A bundled program needs it in node_modules beside it (esbuild: ` +
      `--external:@headstart/runtime; Next.js, standalone: outputFileTracingIncludes).`
    throw new RuntimeError(who, `the package ${name} beside it`, 'none', remedy, { cause })
  }
  if (manifest.version === version) return
  const expected = `${name} in its own version, ${version}`
  throw new RuntimeError(who, expected, manifest.version, 'Install both anew, in one version.')
}

/** Refuses to load beside another version of the library: a process finds one of that name, whoever asks for it. */
function requireAlone(require: NodeJS.Require): void {
  for (const path of Object.keys(require.cache)) {
    const [folder] = /^.*[\\/]onnxruntime-node(?=[\\/].*onnxruntime_binding\.node$)/.exec(path) ?? []
    if (folder === undefined) continue
    const { version: found } = require(`${folder}/package.json`) as { readonly version: string }
    if (found !== onnxruntimeVersion) throw conflict(`onnxruntime-node ${found}, which the program loaded before`)
  }
}

function conflict(got: string, options?: ErrorOptions): RuntimeError {
  const expected = `ONNX Runtime ${onnxruntimeVersion} alone in the process`
  const remedy = `Install onnxruntime-node@${onnxruntimeVersion}, or use one of them in a process of its own.`
  return new RuntimeError(who, expected, got, remedy, options)
}

function notLoaded(name: string, cause: unknown): RuntimeError {
  const reason = reasonOf(cause)
  // The linker of Linux took a library that was there already, of another thread for one.
  if (/version `VERS_.* not found/.test(reason)) return conflict('another version, loaded before', { cause })
  const remedy = process.platform === 'win32' ? "Install Microsoft's Visual C++ Redistributable." : ''
  return new RuntimeError(who, `the library in ${name} to load`, reason, remedy, { cause })
}
