import type { ColumnKnowledge, ExampleKnowledge, KnowledgeLoader, KnowledgePart } from '../src/contract/knowledge.js'

const id = 'marks/1'

/** How many exclamation marks a text has; `noise`: nothing that could be of use, a digest of its letters. */
export function marks(name: 'marks' | 'noise' = 'marks'): ColumnKnowledge<string> {
  return { name, fit: (texts) => marksPart(name, texts.length) }
}

function marksPart(name: string, texts: number): KnowledgePart<string> {
  return {
    name,
    id,
    config: { name, texts },
    files: new Map([[`${name}.txt`, new TextEncoder().encode(name)]]),
    columns: 2,
    write(text, row) {
      if (name === 'marks') row[0] = text.split('!').length - 1
      else
        [...text].forEach(
          (letter, place) => (row[1] = ((row[1] as number) * 31 + letter.charCodeAt(0) * (place + 1)) % 1),
        )
    },
  }
}

export const marksLoader: KnowledgeLoader<string> = {
  id,
  load: ({ name, texts }, files) => {
    if (!files.has(`${String(name)}.txt`)) throw new TypeError(`no file of ${String(name)}`)
    return marksPart(String(name), Number(texts))
  },
}

/** The name of a class as a text of it. */
export const names: ExampleKnowledge<string> = { name: 'class names', exampleOf: (label) => label }
