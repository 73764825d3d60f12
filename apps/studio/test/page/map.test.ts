import { describe, expect, it } from 'vitest'
import { chromium } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('the map, in Chromium', () => {
  const pages = pagesOf()

  it('shows 10,000 points by principal components at once, moves them, and a click opens one', async () => {
    const held = pretendedTexts(10_000)
    const { page, trouble } = await pages.open(held, 'look')
    const canvas = page.getByRole('application', { name: /Map of 10,000 examples/ })
    await canvas.scrollIntoViewIfNeeded()
    await page.waitForTimeout(300)
    const colors = (): Promise<number> =>
      canvas.evaluate((element: HTMLCanvasElement) => {
        const { data } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? { data: [] }
        let drawn = 0
        for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) drawn++
        return drawn
      })
    const before = await colors()
    expect(before).toBeGreaterThan(5000)

    const box = await canvas.boundingBox()
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 2000, y, { steps: 20 })
    await page.waitForTimeout(100)
    expect(await colors()).toBeLessThan(before / 10)
    await page.mouse.up()
    expect(await page.getByRole('dialog').count()).toBe(0)

    await canvas.focus()
    await page.keyboard.press('0')
    await page.waitForTimeout(100)
    const point = await canvas.evaluate((element: HTMLCanvasElement) => {
      const { data, width } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? {
        data: [],
        width: 1,
      }
      const places = [...data.keys()].filter((i) => i % 4 === 3 && data[i] !== 0).map((i) => (i - 3) / 4)
      const place = places[places.length >> 1] ?? 0
      const scale = element.clientWidth / element.width
      return { x: (place % width) * scale, y: Math.floor(place / width) * scale }
    })
    await canvas.click({ position: point })
    const dialog = page.getByRole('dialog', { name: 'On the map' })
    await dialog.getByText(/\(\d+\)/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await canvas.focus()
    for (const key of ['ArrowRight', 'ArrowRight', '+', 'Enter']) await page.keyboard.press(key)
    await dialog.getByText(/\(\d+\)/).waitFor()
    expect(trouble).toEqual([])
  })

  it('arranges the map by neighbors in a worker, where groups come apart, unless nobody wants to see that', async () => {
    const { page, trouble, studio } = await pages.open(pretendedTexts(), 'look', { neighbors: true })
    await page.getByRole('button', { name: /Neighbors \(UMAP\) \d+ %/ }).waitFor()
    await page.getByRole('button', { name: 'Neighbors (UMAP)', exact: true }).waitFor()
    expect(page.workers()).toHaveLength(1)
    // Another label is another color; the places stay.
    studio.tell()
    await page.waitForTimeout(500)
    expect(await page.getByRole('button', { name: 'Neighbors (UMAP)', exact: true }).count()).toBe(1)
    expect(page.workers()).toHaveLength(1)
    await page.getByRole('button', { name: 'Principal components' }).click()
    await page.reload()
    await page.getByRole('application', { name: /Map of/ }).waitFor()
    expect(page.workers()).toHaveLength(0)
    expect(trouble).toEqual([])
  })
})
