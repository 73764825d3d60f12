import * as z from 'zod'
import { OptionError } from './errors.js'
import type { Run } from './run.js'

/** Work with options of its own: flags of a command, fields of a form, keys of a request. */
export interface Step<In, Out> {
  readonly options: z.ZodObject
  /** Takes of `options` what is its own. @throws OptionError for one that is out of range. */
  run(input: In, options: unknown, run: Run): Promise<Out>
}

/** A step from its options' schema and its work, which gets them checked. */
export function step<Options extends z.ZodObject, In, Out>(
  options: Options,
  work: (input: In, options: z.output<Options>, run: Run) => Promise<Out>,
): Step<In, Out> {
  return { options, run: async (input, given, run) => work(input, optionsOf(options, given), run) }
}

/** @throws OptionError for the first that does not fit. */
function optionsOf<Options extends z.ZodObject>(schema: Options, given: unknown): z.output<Options> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = issue?.path.join('.') ?? ''
  const value = z.record(z.string(), z.unknown()).safeParse(given).data?.[String(issue?.path[0])]
  throw new OptionError(
    `option "${name}"`,
    issue ? expectationOf(issue) : 'another value',
    JSON.stringify(value) ?? 'nothing',
    'Correct it, or leave it out.',
  )
}

/** What was expected of a value, for a sentence: 'a whole number from 1 on'. */
export function expectationOf({ message }: { readonly message: string }): string {
  // "Invalid input: expected number, received string"
  const expected = message.replace(/^.*?\bexpected (to be )?/i, '').replace(/, received .*$/s, '')
  return (
    ({ number: 'a number', string: 'a text', boolean: 'true or false' } as Record<string, string>)[expected] ??
    expected.replaceAll('"|"', '", "')
  )
}
