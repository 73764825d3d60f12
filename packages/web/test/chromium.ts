import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type BrowserContext, chromium as browserType } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser of the tests: the one that HEADSTART_CHROMIUM names, else the first on the PATH; undefined without any. */
export const chromium: string | undefined =
  process.env['HEADSTART_CHROMIUM'] ||
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path))

/** Opens it with a profile, which it makes where there is none. It asks nobody else for anything. */
export function openChromium(profile: string, ...args: readonly string[]): Promise<BrowserContext> {
  return browserType.launchPersistentContext(profile, {
    executablePath: chromium ?? '',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  })
}
