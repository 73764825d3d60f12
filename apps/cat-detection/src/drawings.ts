import { createRequire } from 'node:module'

/** Who drew them. */
export const styles = ['noto', 'twemoji', 'openmoji', 'fluent-emoji-flat'] as const
export type Style = (typeof styles)[number]

/** A drawing of an animal or a plant. */
export interface Drawing {
  readonly name: string
  /** As bytes of an SVG file. */
  readonly picture: Uint8Array
  readonly label: 'cat' | 'other'
}

/** An icon set, as the npm packages @iconify-json/* hold it. */
interface IconSet {
  readonly width?: number
  readonly height?: number
  readonly icons: Readonly<Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>>
}
interface Info {
  readonly name: string
  readonly author: { readonly name: string; readonly url: string }
  readonly license: { readonly title: string }
}

const require = createRequire(import.meta.url)
const { categories } = require('@iconify-json/noto/metadata.json') as {
  categories: Readonly<Record<string, readonly string[]>>
}

/** Cats, whole and as faces with all kinds of expressions. */
const isCat = (name: string): boolean => name.split('-').includes('cat')
/** Relatives of cats that are none: what is hardest to tell from them. */
export const isBigCat = (name: string): boolean => /^(tiger|lion|leopard)/.test(name)

/** Animals and plants, and the faces of cats, which are counted among smileys. */
const names = [
  ...(categories['Animals & Nature'] ?? []),
  ...(categories['Smileys & Emotion'] ?? []).filter(isCat),
].toSorted()

/** All drawings of one style, about 160, of which about 12 are cats. */
export function drawings(style: Style): Drawing[] {
  const set = require(`@iconify-json/${style}/icons.json`) as IconSet
  const seen = new Set<string>()
  return names.flatMap((name): Drawing[] => {
    const icon = set.icons[name]
    // Some have one drawing under two names.
    if (!icon || seen.has(icon.body)) return []
    seen.add(icon.body)
    const size = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16]
    const head = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    const svg = `<svg ${head} viewBox="0 0 ${size.join(' ')}" width="224" height="224">${icon.body}</svg>`
    return [{ name, picture: new TextEncoder().encode(svg), label: isCat(name) ? 'cat' : 'other' }]
  })
}

/** Who drew a style, and under which license. */
export function credit(style: Style): string {
  const { name, author, license } = require(`@iconify-json/${style}/info.json`) as Info
  return `${name}: ${author.name}, ${license.title}, ${author.url}`
}
