import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { expect, it } from 'vitest'
import { chromium } from './browser.js'
import { emptyFolder, openStudio } from './open-studio.js'
import { sharedBrowser } from './shared-browser.js'

it.runIf(chromium !== undefined)(
  'a tuning is watched: its progress never goes back, its curves grow and stay',
  async () => {
    await using folder = await emptyFolder()
    // A network of two tiny layers is watched as any other; to tune the built-in one takes half a minute of a processor.
    await using network = await emptyFolder()
    await writeFiles(network.path, bertFiles())
    await using opened = await openStudio(folder.path, { backbone: network.path })
    await opened.client.create({ task: 'text' })
    const things = ['parcel', 'box', 'letter', 'order', 'package', 'shoe', 'coat', 'lamp', 'chair', 'phone']
    const rows = things.flatMap((thing) => [
      { text: `Where is my ${thing}?`, label: 'delivery' },
      { text: `I want my money back for the ${thing}.`, label: 'refund' },
    ])
    await opened.client.addRows({ rows })
    const browser = await sharedBrowser()
    try {
      const { page, trouble } = await browser.open(`${opened.studio.url}#train`)
      await page.getByText('Side by side with other methods').click()
      await page.getByRole('checkbox', { name: /^fine-tuned/ }).check()
      await page.getByRole('button', { name: 'Train', exact: true }).click()
      // Looks in the page itself, whenever it changed.
      await page.evaluate(() => {
        const shares: number[] = []
        const seen = new Set<string>()
        Object.assign(globalThis, { shares, seen })
        new MutationObserver(() => {
          const bar = document.querySelector('progress')
          if (bar?.hasAttribute('value')) shares.push(bar.value)
          for (const plot of document.querySelectorAll('.plots [role=img]')) seen.add(plot.ariaLabel ?? '')
        }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
      })
      await page.getByRole('heading', { name: 'What came of it' }).waitFor({ timeout: 240_000 })
      const { shares, seen } = await page.evaluate(() => {
        const { shares, seen } = globalThis as unknown as { shares: number[]; seen: Set<string> }
        return { shares, seen: [...seen] }
      })
      expect(shares.length).toBeGreaterThan(5)
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(seen.toSorted()).toEqual(['Held-out score while it trains', 'Loss while it trains'])
      await page.getByText('How it learned').click()
      await page.getByRole('img', { name: 'Loss while it trains' }).locator('canvas').waitFor()
      expect(trouble).toEqual([])
    } finally {
      await browser.clear()
    }
  },
)
