import type { ExportFormat, Trained } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'

/** Any model as a page to try it on, by @headstart/web where it is installed. */
export function pageFormat(model: Pick<Trained<never, never, never>, 'pack'>): ExportFormat {
  return {
    description: 'a page to try it on, for any server of files',
    async make() {
      const web = await import('@headstart/web/page').catch((cause: unknown) => {
        if ((Object(cause) as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
        const remedy = 'Install it: npm install @headstart/web'
        throw new OptionError('option "to"', 'the package @headstart/web, for a page', 'none', remedy, { cause })
      })
      return web.pageFormat(model).make()
    },
  }
}
