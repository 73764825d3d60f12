import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Fills, InputError } from '@headstart/core'
import { readRegularFile, toFileError } from '@headstart/core/kit'
import type { Translation } from '../contract.js'
import { type CatalogGaps, jsonGaps } from './fill-json.js'
import { poGaps } from './fill-po.js'

const json: ReadonlySet<string> = new Set(['.json'])
const gettext: ReadonlySet<string> = new Set(['.po', '.pot'])

/** Catalogs of a user interface that are filled in: `en.json` into `de.json`, `messages.pot` into `de.po`, `de.po` into itself, a folder into another. */
export const fillCatalogs: Fills<string, Translation> = {
  what: 'a catalog of texts',
  help: 'with a catalog of texts (.json, .po), or a folder of them: fill in what is missing of this one, and touch nothing else of it',
  fits: (from, to) => {
    const [a, b] = [ending(from), ending(to)]
    return (json.has(a) && json.has(b)) || (gettext.has(a) && gettext.has(b))
  },
  async inFolder(from, to) {
    if (!(await stat(from).catch(() => undefined))?.isDirectory()) return []
    const names = await readdir(from, { recursive: true })
    return names
      .filter((name) => json.has(ending(name)) || gettext.has(ending(name)))
      .sort()
      .map((name) => ({ from: join(from, name), to: join(to, name.replace(/\.pot$/i, '.po')) }))
  },
  async open(from, to) {
    const [source, target] = [await read(from), existsSync(to) ? await read(to) : undefined]
    const gaps = json.has(ending(from))
      ? jsonGaps({ path: from, text: textOf(source) }, { path: to, text: target && textOf(target) })
      : poGaps({ path: from, bytes: source }, { path: to, bytes: target }, languageOf(to))
    return {
      queries: gaps.gaps.map(({ text }) => text),
      kept: gaps.kept,
      filled(answers) {
        const texts = answers.map((answer, place) => textIn(answer, gaps.gaps[place]?.text ?? ''))
        return {
          bytes: new TextEncoder().encode(gaps.filled(texts)),
          filled: texts.filter((text) => text !== undefined).length,
          remarks: remarksOf(gaps, answers),
        }
      },
    }
  },
}

/** What is put in; where nothing came out of a text, it stays a gap. */
function textIn(answer: Translation | InputError, asked: string): { text: string; isSure: boolean } | undefined {
  return answer instanceof InputError || (answer.text.trim() === '' && asked.trim() !== '')
    ? undefined
    : { text: answer.text, isSure: answer.problems.length === 0 }
}

function remarksOf({ gaps }: CatalogGaps, answers: readonly (Translation | InputError)[]): string[] {
  return answers.flatMap((answer, place) =>
    answer instanceof InputError || answer.problems.length === 0
      ? []
      : [`${gaps[place]?.place}: to be looked at: ${answer.problems.join(' ')}`],
  )
}

function ending(path: string): string {
  return extname(path).toLowerCase()
}

/** The language that a file is called after, `de.po`, or its folder, `de/LC_MESSAGES/messages.po`. */
function languageOf(path: string): string | undefined {
  const tag = '([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)'
  const named = new RegExp(String.raw`(?:^|[\\/._])${tag}(?:\.po$|[\\/]LC_MESSAGES[\\/])`)
  return named.exec(path)?.[1]
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

async function read(path: string): Promise<Uint8Array> {
  return readRegularFile(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
}
