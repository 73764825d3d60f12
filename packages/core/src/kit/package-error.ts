import { FileError } from '../contract/errors.js'

/**
 * Why a package did not load that is required, not imported, so that bundlers leave it outside: where it is not there, an error that
 * says what to do; else the error as it is.
 */
export function packageError(who: string, name: string, cause: unknown): unknown {
  if ((Object(cause) as { code?: unknown }).code !== 'MODULE_NOT_FOUND') return cause
  const remedy = `Install ${who} again. A bundled program needs ${name} in node_modules beside it.`
  return new FileError('environment', who, `the package ${name}`, 'none', remedy, { cause })
}
