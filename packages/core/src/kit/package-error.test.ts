import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { packageError } from './package-error.js'

const failure = (name: string): unknown => {
  try {
    return createRequire(import.meta.url)(name)
  } catch (cause) {
    return packageError('@headstart/some', name, cause)
  }
}

it('a package that a bundled program does not find is said to be needed beside it', () => {
  expect(String(failure('not-installed'))).toBe(
    'FileError: @headstart/some: expected the package not-installed, got none. ' +
      'Install @headstart/some again. A bundled program needs not-installed in node_modules beside it.',
  )
})

it('a package that fails says so itself', () => {
  const cause = new Error('no library for this platform')
  expect(packageError('@headstart/some', 'sharp', cause)).toBe(cause)
})
