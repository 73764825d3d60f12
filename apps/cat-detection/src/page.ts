import { writeFile } from 'node:fs/promises'
import { type ImageSource } from '@headstart/vision'
import { readImage } from '@headstart/vision/kit'
import sharp from 'sharp'
import type { Scored } from './detector.js'

/** Pixels of each side of the pictures on the page. */
const size = 96

/** Pictures of one test, and the threshold from which they count as cats. */
export interface PageSection {
  readonly title: string
  readonly threshold: number
  readonly pictures: readonly (Scored & { readonly name: string; readonly input: ImageSource })[]
}

/** Writes a page, which needs no other file, with the pictures of each test: worst mistakes first. */
export async function writePage(
  path: string,
  title: string,
  sections: readonly PageSection[],
  footer: string,
): Promise<void> {
  const parts = await Promise.all(sections.map(section))
  await writeFile(
    path,
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(title)}</title><style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #222 }
.pictures { display: flex; flex-wrap: wrap; gap: 8px }
figure { margin: 0; padding: 6px; width: ${size}px; border: 2px solid #ddd; border-radius: 6px; font-size: 12px; overflow-wrap: anywhere }
figure.missed { border-color: #c33; background: #fdd } figure.mistaken { border-color: #c80; background: #fec }
figure.found { border-color: #393 } img { display: block; width: ${size}px; height: ${size}px; object-fit: contain }
</style></head><body><h1>${text(title)}</h1>
<p>Each picture with the probability that it is a cat. Red: a cat that was missed. Orange: something else taken for a cat.
Green: a cat that was found. The worst mistakes come first, then the cats that were found, then all others.</p>
${parts.join('\n')}
<footer><p>${text(footer)}</p></footer></body></html>
`,
  )
}

/** How a picture was taken, in the order of the page. */
const kinds = ['missed', 'mistaken', 'found', 'other'] as const
type Kind = (typeof kinds)[number]

async function section({ title, threshold, pictures }: PageSection): Promise<string> {
  const kindOf = ({ isCat, score }: Scored): Kind =>
    isCat ? (score >= threshold ? 'found' : 'missed') : score >= threshold ? 'mistaken' : 'other'
  /** Mistakes come first, whatever their kind. */
  const rank = (one: Scored): number => Math.max(kinds.indexOf(kindOf(one)), 1)
  /** How far a picture is on the wrong side of the threshold. */
  const mistake = ({ isCat, score }: Scored): number => (isCat ? threshold - score : score - threshold)
  const figures: string[] = []
  for (const picture of pictures.toSorted((a, b) => rank(a) - rank(b) || mistake(b) - mistake(a))) {
    const { name, score } = picture
    const image = `<img loading="lazy" alt="${text(name)}" src="${await thumbnail(picture.input)}">`
    figures.push(
      `<figure class="${kindOf(picture)}" data-score="${score.toFixed(4)}">${image}<figcaption>${score.toFixed(3)} ${text(name)}</figcaption></figure>`,
    )
  }
  const count = (kind: Kind): number => pictures.filter((one) => kindOf(one) === kind).length
  const [missed, mistaken, found, other] = kinds.map(count) as [number, number, number, number]
  const summary = `${found} of ${found + missed} cats found; ${mistaken} of ${mistaken + other} other pictures taken for one. It counts as a cat from a probability of ${threshold.toFixed(3)} on.`
  return `<section><h2>${text(title)}</h2><p>${summary}</p><div class="pictures">${figures.join('\n')}</div></section>`
}

/** A picture, made small, as an address that holds it. */
async function thumbnail(input: ImageSource): Promise<string> {
  const sizing = { height: size, width: size, resize: 'crop', cropFraction: 1, kernel: 'linear' } as const
  const { data, width, height } = await readImage(input, { sizing })
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer()
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`
}

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
