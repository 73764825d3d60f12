import { createRequire } from 'node:module'

const real = createRequire(import.meta.url)

/**
 * `require` in an installation that holds these modules and no others. A value that is an error is thrown.
 * @param loaded Paths of modules that the program has loaded before.
 */
export function installed(modules: Readonly<Record<string, unknown>>, loaded: readonly string[] = []): NodeJS.Require {
  const has = (name: string): string => {
    if (name in modules) return name
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
  }
  const require = (name: string): unknown => {
    const value = modules[has(name)]
    if (value instanceof Error) throw value
    return value
  }
  const cache = Object.fromEntries(loaded.map((path) => [path, {}]))
  return Object.assign(require, { resolve: has, cache }) as unknown as NodeJS.Require
}

/** What is really installed here, under its name. */
export function reallyInstalled(...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, real(name)]))
}
