import { build, type BuildFailure } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { pathTo } from './site.js'

/** What keeps a door from being bundled for a browser: modules of Node, and what needs them. */
async function hindrances(door: string): Promise<string[]> {
  try {
    await build({
      stdin: { contents: `import * as door from '${door}'; console.log(door)`, resolveDir: pathTo('packages/web') },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    })
    return []
  } catch (failure) {
    return (failure as BuildFailure).errors.map(({ text }) => text)
  }
}

describe('a door for browsers', () => {
  it.each(['core/load', 'nlp/load', 'vision/load', 'recommender/load', 'onnx', 'onnx/kit', 'web'])(
    'reaches no module of Node: @headstart/%s',
    async (door) => {
      expect(await hindrances(`@headstart/${door}`)).toEqual([])
    },
  )

  it('is told from one that does', async () => {
    for (const door of ['core', 'vision', 'recommender'])
      expect(await hindrances(`@headstart/${door}`)).toContainEqual(expect.stringContaining('node:crypto'))
  })
})
