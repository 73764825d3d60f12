import { closeSync, openSync, readSync } from 'node:fs'

/** What a native library must be made for. */
export interface Machine {
  readonly platform: string
  readonly arch: string
  /** Whether programs run on musl in place of glibc, as on Alpine Linux. */
  readonly musl: boolean
}

/** This machine. */
export function thisMachine(): Machine {
  const { platform, arch, execPath } = process
  return { platform, arch, musl: platform === 'linux' && startsWithMusl(execPath) }
}

/** Whether a program names musl as what loads it. Specification: ELF, PT_INTERP; the name stands in the first bytes. */
function startsWithMusl(program: string): boolean {
  const head = Buffer.alloc(4096)
  const file = openSync(program, 'r')
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  return head.includes('/ld-musl-')
}

const systems: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }
const supported: ReadonlySet<string> = new Set(['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'])

/** Name of the package made for a machine; undefined where there is none. */
export function packageOf({ platform, arch, musl }: Machine): string | undefined {
  const name = `${platform}-${arch}`
  return supported.has(name) && !musl ? `@headstart/runtime-${name}` : undefined
}

/** A machine in words: 'macOS x64', 'Linux x64 with musl'. */
export function describeMachine({ platform, arch, musl }: Machine): string {
  return `${systems[platform] ?? platform} ${arch}${musl ? ' with musl' : ''}`
}
