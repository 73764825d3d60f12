import { join } from 'node:path'
import { inject } from 'vitest'
import { type Browser, openBrowser } from './browser.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder for the profiles of browsers, which `profile.ts` makes. */
    readonly profiles: string
  }
}

let browser: Promise<Browser> | undefined

/** The browser of all files of tests, since its start takes seconds. It ends with the process. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= openBrowser(join(inject('profiles'), String(process.pid)))
  return browser
}
