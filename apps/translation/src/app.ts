import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { HeadstartError } from '@headstart/core'
import { OptionError, writeFileAtomically } from '@headstart/core/kit'
import { fineTune, type Pair, type Translation, translator } from '@headstart/translation'
import { chrF2, fillCatalogs, scoreOf } from '@headstart/translation/kit'
import { divided, type Messages, readMessages } from './messages.js'
import { page, type Row } from './page.js'

const usage = `The messages of TypeScript, translated: a translator learns from a part of them, and fills in the rest.

  node apps/translation/dist/main.js TRANSLATOR [--language de] [--pairs 500] [--rest 200] [--epochs 20] [--seed 0] [--out FOLDER]

TRANSLATOR is a folder in the layout of the Hugging Face Hub, or an id there that is published for Transformers.js, such as
Xenova/opus-mt-en-de (English to German, 300 MB, fetched once). Other languages have others: Xenova/opus-mt-en-fr --language fr.`

const options = {
  language: { type: 'string', default: 'de' },
  pairs: { type: 'string', default: '500' },
  rest: { type: 'string', default: '200' },
  epochs: { type: 'string' },
  seed: { type: 'string', default: '0' },
  out: { type: 'string', default: join(tmpdir(), 'headstart-translation') },
} as const

/** Runs the app, and gives its exit code. */
export async function app(args: readonly string[], say: (line: string) => void = console.log): Promise<number> {
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [place] = positionals
    if (place === undefined) {
      say(usage)
      return 2
    }
    const [pairs, rest, seed] = [
      whole('pairs', values.pairs),
      whole('rest', values.rest),
      whole('seed', values.seed, 0),
    ]
    const epochs = values.epochs === undefined ? undefined : whole('epochs', values.epochs)
    await adapt(place, { ...values, pairs, rest, seed, epochs }, say)
    return 0
  } catch (error) {
    if (
      !(error instanceof HeadstartError) &&
      (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') !== true
    )
      throw error
    say(error instanceof Error ? error.message : String(error))
    return 2
  }
}

interface Settings {
  readonly language: string
  readonly pairs: number
  readonly rest: number
  readonly epochs: number | undefined
  readonly seed: number
  readonly out: string
}

async function adapt(place: string, settings: Settings, say: (line: string) => void): Promise<void> {
  const { language, out, seed } = settings
  const { source, target } = await readMessages(language)
  const { done, left } = divided(source, settings.pairs, seed)
  const rest = left.slice(0, settings.rest)
  await using before = await translator(place)

  // As they lie in a project: what people did, and what is still to be done.
  const part = (messages: Messages, keys: readonly string[]): Messages =>
    Object.fromEntries(keys.map((key) => [key, messages[key] as string]))
  await mkdir(out, { recursive: true })
  const [en, other] = [join(out, 'en.json'), join(out, `${language}.json`)]
  const json = (messages: Messages): string => `${JSON.stringify(messages, null, 2)}\n`
  await writeFile(en, json(part(source, [...done, ...rest])))
  await writeFile(other, json(part(target, done)))

  const pairs = done.map((key): Pair => ({ source: source[key] as string, target: target[key] as string }))
  say(`Learning from ${pairs.length} messages.`)
  await using model = await fineTune(before, pairs, {
    seed,
    ...(settings.epochs !== undefined && { epochs: settings.epochs }),
    onEvent: (event) => {
      if (event.type === 'notice') say(event.message)
      else if (event.type === 'epoch') {
        const heldOut =
          event.validationLoss === undefined ? '' : `, of held-out ones ${event.validationLoss.toFixed(3)}`
        say(`  epoch ${event.epoch} of at most ${event.epochs}: loss ${event.loss.toFixed(3)}${heldOut}`)
      }
    },
  })
  say(model.describe().text())

  const gaps = await fillCatalogs.open(en, other)
  say(`Filling in ${gaps.queries.length} of ${gaps.queries.length + gaps.kept}.`)
  const after = await model.translate(gaps.queries)
  await writeFileAtomically(other, gaps.filled(after).bytes)
  const said = await before.translate(gaps.queries)

  const references = new Map(rest.map((key) => [source[key], target[key] as string]))
  const wanted = gaps.queries.map((text) => references.get(text) as string)
  const score = (translations: readonly Translation[]): number =>
    scoreOf(
      chrF2,
      translations.map(({ text }) => text),
      wanted,
    )
  const summary = {
    translator: before.id,
    language,
    learned: model.training?.learnsAll ? pairs.length : (model.training?.pairs ?? pairs.length),
    before: score(said),
    after: score(after),
  }
  const rows = gaps.queries.map((text, row): Row => {
    const { text: now, problems } = after[row] as Translation
    return { source: text, before: said[row]?.text ?? '', after: now, problems }
  })
  const file = join(out, 'page.html')
  await writeFileAtomically(file, new TextEncoder().encode(page(rows, summary)))
  await model.save(join(out, 'translator'))
  say(
    `chrF2 of what was filled in, beside what people made of it: ${summary.before.toFixed(1)} before, ${summary.after.toFixed(1)} after.`,
  )
  say(`The catalogs and the translator are in ${out}. The page: ${pathToFileURL(file).href}`)
}

function whole(name: string, text: string, least = 1): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least) return value
  throw new OptionError(`option "${name}"`, `a whole number from ${least} on`, text, 'Correct it, or leave it out.')
}
