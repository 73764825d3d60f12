import { createRequire } from 'node:module'
import { join } from 'node:path'
import { reasonOf, RuntimeError } from './errors.js'
import { findBinding, loadBinding } from './load-binding.js'
import { type Machine, packageOf, thisMachine } from './machine.js'
import { type Binding, type OnnxruntimeModule, overBinding } from './native-session.js'
import { disableTelemetry } from './telemetry.js'
import { onnxruntimeVersion } from './version.js'

/** ONNX Runtime, loaded. */
export interface OpenedRuntime {
  /** Of the package that it comes out of: '@headstart/runtime', 'onnxruntime-node', 'onnxruntime-web'. */
  readonly name: string
  readonly onnxruntime: OnnxruntimeModule
  /** Names of the execution providers that it can be asked for. */
  readonly devices: readonly string[]
}

/** Options of `openRuntime`, which say what it finds in the process unless they are given. */
export interface OpenRuntimeOptions {
  /** Name of the package. Default: the environment variable HEADSTART_RUNTIME. */
  readonly name?: string | undefined
  readonly machine?: Machine
  /** What packages are looked for with. Default: from this package, then from the current folder. */
  readonly require?: NodeJS.Require
}

const own = '@headstart/runtime'
const variable = 'HEADSTART_RUNTIME'

/**
 * Loads ONNX Runtime for Node, with its telemetry disabled: the one that comes with this package, or the package
 * that the environment variable HEADSTART_RUNTIME names, 'onnxruntime-node' or 'onnxruntime-web', which the user installs. Where
 * the own one cannot be loaded, onnxruntime-web is taken if it is installed.
 * @throws RuntimeError when there is none, or it is of another version.
 */
export async function openRuntime(options: OpenRuntimeOptions = {}): Promise<OpenedRuntime> {
  const { name = process.env[variable] || own, machine = thisMachine(), require } = options
  if (name === 'onnxruntime-node') await disableTelemetry()
  if (name === 'onnxruntime-node' || name === 'onnxruntime-web') return openInstalled(name, require)
  if (name !== own)
    throw new RuntimeError(variable, `${own}, onnxruntime-node or onnxruntime-web`, `"${name}"`, 'Or leave it out.')
  let found: string
  try {
    found = findBinding(machine, require)
  } catch (error) {
    const web = webInstead(require)
    if (!web) throw error
    // On a platform that there is no library for this is as wanted; else something went wrong.
    if (packageOf(machine)) process.emitWarning(`${(error as Error).message} Until then onnxruntime-web is used.`)
    return web
  }
  await disableTelemetry()
  const binding = loadBinding(found, require)
  return { name, onnxruntime: overBinding(binding), devices: ownDevices(binding, machine) }
}

function webInstead(require?: NodeJS.Require): OpenedRuntime | undefined {
  try {
    return openInstalled('onnxruntime-web', require)
  } catch {
    // Not there, or of another version, as other packages bring it: whoever asked for neither hears of neither.
    return undefined
  }
}

/** Those that need no more libraries than the one that comes with this package. On Windows Direct3D's are left out. */
function ownDevices(binding: Binding, { platform }: Machine): string[] {
  const bundled = binding.listSupportedBackends().filter(({ bundled }) => bundled)
  return bundled.map(({ name }) => name).filter((name) => platform !== 'win32' || (name !== 'dml' && name !== 'webgpu'))
}

/** A package of onnxruntime that the user has installed. */
function openInstalled(name: 'onnxruntime-node' | 'onnxruntime-web', require?: NodeJS.Require): OpenedRuntime {
  const found = finderOf(name, require)
  const remedy = `Install it: npm install ${name}@${onnxruntimeVersion}.`
  if (found === undefined) throw new RuntimeError(own, `the package ${name}`, 'none', remedy)
  const onnxruntime = load(name, found)
  const version = onnxruntime.env.versions[name === 'onnxruntime-node' ? 'node' : 'web']
  if (minorOf(version) !== minorOf(onnxruntimeVersion))
    throw new RuntimeError(own, `${name} ${minorOf(onnxruntimeVersion)}`, `${version}`, remedy)
  const devices = onnxruntime.listSupportedBackends?.().map((device) => device.name) ?? ['cpu', 'wasm']
  return { name, onnxruntime, devices }
}

interface InstalledModule extends OnnxruntimeModule {
  readonly env: { readonly versions: { readonly node?: string; readonly web?: string } }
  /** Of onnxruntime-node alone. */
  readonly listSupportedBackends?: Binding['listSupportedBackends']
}

function load(name: string, require: NodeJS.Require): InstalledModule {
  try {
    return require(name) as InstalledModule
  } catch (cause) {
    throw new RuntimeError(own, `${name} to load`, reasonOf(cause), '', { cause })
  }
}

/** What finds a package: from here, or from the current folder, whose packages need not be beside this one. */
function finderOf(name: string, require?: NodeJS.Require): NodeJS.Require | undefined {
  const finders = require ? [require] : [import.meta.url, join(process.cwd(), 'package.json')].map(createRequire)
  return finders.find((finder) => {
    try {
      return finder.resolve(name)
    } catch {
      return false
    }
  })
}

function minorOf(version: string | undefined): string | undefined {
  return version?.split('.').slice(0, 2).join('.')
}
