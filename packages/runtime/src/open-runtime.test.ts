import { afterEach, describe, expect, it, vi } from 'vitest'
import { installed, reallyInstalled } from '../test/packages.js'
import { RuntimeError } from './errors.js'
import type { Machine } from './machine.js'
import { openRuntime, type OpenRuntimeOptions } from './open-runtime.js'
import { onnxruntimeVersion, version } from './version.js'

const linux: Machine = { platform: 'linux', arch: 'x64', musl: false }
const own = '@headstart/runtime-linux-x64'
const devices = [
  { name: 'cpu', bundled: true },
  { name: 'dml', bundled: true },
  { name: 'cuda', bundled: false },
]
const binding = { listSupportedBackends: () => devices, initOrtOnce: () => undefined }
const ownPackage = { [`${own}/package.json`]: { version }, [`${own}/onnxruntime_binding.node`]: binding }
const web = { env: { versions: { web: onnxruntimeVersion } } }

/** What is said when it cannot be opened. */
async function refusal(options: OpenRuntimeOptions): Promise<string> {
  try {
    await openRuntime({ machine: linux, require: installed(ownPackage), ...options })
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return (error as RuntimeError).message
  }
  throw new RuntimeError('openRuntime', 'to refuse', 'a runtime', '')
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('the library that comes with the package', () => {
  it('is that of this machine, without telemetry', async () => {
    const opened = await openRuntime()
    expect(opened.name).toBe('@headstart/runtime')
    expect(opened.devices).toContain('cpu')
    expect(process.env['ORT_DISABLE_TELEMETRY']).toBe('1')
  })

  it('is taken where onnxruntime-web is installed as well', async () => {
    const require = installed({ ...ownPackage, 'onnxruntime-web': web })
    expect((await openRuntime({ machine: linux, require })).name).toBe('@headstart/runtime')
  })

  it('may be left out by the package manager: it is said how to get it', async () => {
    expect(await refusal({ require: installed({}) })).toBe(
      `@headstart/runtime: expected the package ${own} beside it, got none. npm leaves it out with --omit=optional, and with a ` +
        'lock file or node_modules made on another system: install anew on this one, or ' +
        `npm install ${own}@${version}. A bundled program needs it in node_modules beside it (esbuild: ` +
        '--external:@headstart/runtime; Next.js, standalone: outputFileTracingIncludes).',
    )
  })

  it('is not replaced by an onnxruntime-web of another version, which other packages bring', async () => {
    const old = { env: { versions: { web: '1.22.0-dev.20250409' } } }
    expect(await refusal({ require: installed({ 'onnxruntime-web': old }) })).toMatch(
      /expected the package .*, got none/,
    )
  })

  it('must be of the same version', async () => {
    const require = installed({ ...ownPackage, [`${own}/package.json`]: { version: '0.0.9' } })
    expect(await refusal({ require })).toBe(
      `@headstart/runtime: expected ${own} in its own version, ${version}, got 0.0.9. Install both anew, in one version.`,
    )
  })

  it('may not load: the reason of the system is kept, on one line', async () => {
    const broken = { ...ownPackage, [`${own}/onnxruntime_binding.node`]: new Error('libstdc++.so.6: cannot\n  open') }
    expect(await refusal({ require: installed(broken) })).toContain(
      `@headstart/runtime: expected the library in ${own} to load, got libstdc++.so.6: cannot open`,
    )
  })
})

describe('devices', () => {
  it('are those that need no other libraries', async () => {
    const opened = await openRuntime({ machine: linux, require: installed(ownPackage) })
    expect(opened.devices).toEqual(['cpu', 'dml'])
  })

  it("are without Direct3D's on Windows, whose libraries the package leaves out", async () => {
    const name = '@headstart/runtime-win32-x64'
    const files = { [`${name}/package.json`]: { version }, [`${name}/onnxruntime_binding.node`]: binding }
    const machine = { platform: 'win32', arch: 'x64', musl: false }
    expect((await openRuntime({ machine, require: installed(files) })).devices).toEqual(['cpu'])
  })
})

describe('a machine that there is no library for', () => {
  it.each([
    [{ platform: 'darwin', arch: 'x64', musl: false }, 'macOS x64'],
    [{ platform: 'linux', arch: 'x64', musl: true }, 'Linux x64 with musl'],
    [{ platform: 'freebsd', arch: 'x64', musl: false }, 'freebsd x64'],
    [{ platform: 'linux', arch: 'ppc64', musl: false }, 'Linux ppc64'],
  ])('is refused in one sentence: %o', async (machine, name) => {
    expect(await refusal({ machine })).toBe(
      `@headstart/runtime: expected Linux with glibc, Windows or macOS with Apple silicon, got ${name}. ` +
        `Install onnxruntime-web@${onnxruntimeVersion}, and it is used, in WebAssembly.`,
    )
  })

  it('has WebAssembly where onnxruntime-web is installed, and no warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const machine = { platform: 'darwin', arch: 'x64', musl: false }
    const opened = await openRuntime({ machine, require: installed({ 'onnxruntime-web': web }) })
    expect([opened.name, opened.devices]).toEqual(['onnxruntime-web', ['cpu', 'wasm']])
    expect(warn).not.toHaveBeenCalled()
  })

  it('has WebAssembly, with a warning, where the library should be there and is not', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    expect((await openRuntime({ machine: linux, require: installed({ 'onnxruntime-web': web }) })).name).toBe(
      'onnxruntime-web',
    )
    expect(warn.mock.calls[0]?.[0]).toMatch(/^@headstart\/runtime: expected the package .* onnxruntime-web is used\.$/)
  })
})

describe('HEADSTART_RUNTIME', () => {
  it('has onnxruntime-node used, with the devices that it knows', async () => {
    vi.stubEnv('HEADSTART_RUNTIME', 'onnxruntime-node')
    const opened = await openRuntime({ require: installed(reallyInstalled('onnxruntime-node')) })
    expect(opened.name).toBe('onnxruntime-node')
    expect(opened.devices).toContain('cpu')
  })

  it('names a package that is not installed', async () => {
    expect(await refusal({ name: 'onnxruntime-node' })).toBe(
      `@headstart/runtime: expected the package onnxruntime-node, got none. Install it: npm install onnxruntime-node@${onnxruntimeVersion}.`,
    )
  })

  it('names a package of another version', async () => {
    const old = { ...web, env: { versions: { web: '1.20.3' } } }
    expect(await refusal({ name: 'onnxruntime-web', require: installed({ 'onnxruntime-web': old }) })).toMatch(
      /^@headstart\/runtime: expected onnxruntime-web 1\.30, got 1\.20\.3\. Install it: npm install onnxruntime-web@1\.30\.0\.$/,
    )
  })

  it('names a package that does not load', async () => {
    const require = installed({ 'onnxruntime-node': new Error('no such binding') })
    expect(await refusal({ name: 'onnxruntime-node', require })).toBe(
      '@headstart/runtime: expected onnxruntime-node to load, got no such binding',
    )
  })

  it('names nothing that there is', async () => {
    expect(await refusal({ name: 'cuda' })).toBe(
      'HEADSTART_RUNTIME: expected @headstart/runtime, onnxruntime-node or onnxruntime-web, got "cuda". Or leave it out.',
    )
  })
})

describe('two versions in one process', () => {
  const other = '/app/node_modules/onnxruntime-node'
  const path = `${other}/bin/napi-v6/linux/x64/onnxruntime_binding.node`

  it('are refused, and the one that was there is named', async () => {
    const require = installed({ ...ownPackage, [`${other}/package.json`]: { version: '1.24.3' } }, [path])
    expect(await refusal({ require })).toBe(
      `@headstart/runtime: expected ONNX Runtime ${onnxruntimeVersion} alone in the process, got onnxruntime-node 1.24.3, which the ` +
        `program loaded before. Install onnxruntime-node@${onnxruntimeVersion}, or use one of them in a process of its own.`,
    )
  })

  it('are refused where another thread has loaded the other: the linker says so', async () => {
    const said = "libonnxruntime.so.1: version `VERS_1.30.0' not found (required by onnxruntime_binding.node)"
    const require = installed({ ...ownPackage, [`${own}/onnxruntime_binding.node`]: new Error(said) })
    expect(await refusal({ require })).toMatch(/alone in the process, got another version, loaded before\. Install/)
  })

  it('work where they are the same', async () => {
    const require = installed({ ...ownPackage, [`${other}/package.json`]: { version: onnxruntimeVersion } }, [path])
    expect((await openRuntime({ machine: linux, require })).name).toBe('@headstart/runtime')
  })
})
