import { expectationOf } from '@headstart/core/kit'
import { parse } from 'csv-parse/sync'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'

/** The fields of a schema, by name. */
type Shape = z.ZodObject['shape']
type Field = Shape[string]

/** What the flags need to know of a field. */
interface FieldFacts {
  readonly type?: string | undefined
  readonly enum?: readonly string[] | undefined
  readonly default?: unknown
  readonly description?: string | undefined
  /** Given several times, each value as it is. */
  readonly repeatable?: boolean | undefined
  readonly inPlaceOfData?: boolean | undefined
  /** Said by a model, and by nobody else. */
  readonly ofModel?: boolean | undefined
}

/**
 * Declares the fields of schemas as flags of a command, in their order. What is typed becomes what the field takes: a number, a
 * list at commas (by the rules of CSV), `name=value` of a record.
 * @param forTraining Whether fields are wanted that stand in the place of data.
 */
export function withFlags(command: Command, schemas: readonly Shape[], forTraining = false): Command {
  for (const [name, field] of Object.entries(Object.assign({}, ...schemas) as Shape)) {
    const facts = factsOf(field)
    if (facts.ofModel || (facts.inPlaceOfData && !forTraining)) continue
    for (const option of optionsOf(name, field, facts)) command.addOption(option)
  }
  return command
}

/** What is typed for these options: `--shots 8,32 --explain`; the inverse of the flags of a schema. */
export function wordsOf(options: Readonly<Record<string, unknown>>, shape: Shape): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const flag = flagOf(name)
    if (value === true) return [flag]
    if (Array.isArray(value) && factsOf(shape[name]).repeatable) return value.flatMap((one) => [flag, String(one)])
    return [flag, String(value)]
  })
}

/** The flag of a field: `labelColumn` is `--label-column`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function factsOf(field: Field | undefined): FieldFacts {
  return z.toJSONSchema(field as z.ZodType, { io: 'input', unrepresentable: 'any' }) as FieldFacts
}

function optionsOf(name: string, field: Field, facts: FieldFacts): Option[] {
  const flag = flagOf(name)
  const usual = facts.default === undefined || facts.default === false ? '' : ` (default: ${String(facts.default)})`
  const description = `${facts.description ?? ''}${usual}`
  if (facts.type === 'boolean') {
    // One that is neither true nor false by itself can be said both ways.
    const isOpen = facts.default === undefined
    return [
      new Option(flag, description),
      ...(isOpen ? [new Option(flag.replace('--', '--no-'), `the opposite of ${flag}`)] : []),
    ]
  }
  const option = new Option(`${flag} <${placeholderOf(facts)}>`, description)
  option.makeOptionMandatory(!(field as z.ZodType).safeParse(undefined).success)
  if (facts.enum) return [option.choices(facts.enum)]
  return [option.argParser((text: string, earlier: unknown) => valueOf(field, facts, text, earlier))]
}

function placeholderOf({ type }: FieldFacts): string {
  return { array: 'list', integer: 'n', number: 'number', object: 'role=name' }[type ?? ''] ?? 'value'
}

/** What is typed, as the field takes it. */
function valueOf(field: Field, { type, repeatable }: FieldFacts, text: string, earlier: unknown): unknown {
  if (type === 'array' && repeatable) return [...((earlier as unknown[] | undefined) ?? []), text]
  if (type === 'object') return checked(field, [{ ...(earlier as object | undefined), ...pairOf(text) }])
  if (type === 'array') {
    const items = itemsOf(text)
    return checked(field, [items.map(asNumber), items])
  }
  return checked(field, [asNumber(text), text])
}

/** The first candidate that fits; text is a number where the field takes numbers. */
function checked(field: Field, candidates: readonly unknown[]): unknown {
  const schema = field as z.ZodType
  for (const candidate of candidates) if (schema.safeParse(candidate).success) return candidate
  const problems = candidates.flatMap((candidate) => schema.safeParse(candidate).error?.issues ?? [])
  const said = problems.find(({ code }) => code !== 'invalid_type') ?? problems[0]
  throw new InvalidArgumentError(`Expected ${said ? expectationOf(said) : 'another value'}.`)
}

function asNumber(text: string): number | string {
  return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}

/** The parts of a line of CSV. */
function itemsOf(text: string): string[] {
  let items: string[] = []
  try {
    items = (parse(text, { relax_column_count: true, trim: true }) as string[][])[0] ?? []
  } catch {
    throw new InvalidArgumentError('Expected a list by the rules of CSV: a part with a comma stands in double quotes.')
  }
  if (items.length > 0 && items.every((item) => item !== '')) return items
  throw new InvalidArgumentError('Expected a list, separated by commas, without empty parts.')
}

function pairOf(text: string): Record<string, string> {
  const [, name = '', value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('Expected a name, an = and a value.')
  return { [name]: value }
}
