import { expect, it } from 'vitest'
import { inFlags } from './in-flags.js'

it.each([
  ['name it with the option labelColumn (on the command line: --label-column).', 'name it with --label-column.'],
  ['say so (option header: false; on the command line: --no-header).', 'say so (--no-header).'],
  ['Name the format (on the command line: --format).', 'Name the format (--format).'],
  ["several: kind 'multi-label' (on the command line: --kind multi-label).", 'several: --kind multi-label.'],
  ['Say them: options a and b (on the command line: --a, --b).', 'Say them: --a, --b.'],
  [
    'The option split says otherwise (on the command line: --split train).',
    'The option split says otherwise (--split train).',
  ],
  [
    'the column of the user, or the option columns.user (on the command line: --column user=NAME)',
    'the column of the user, or --column user=NAME',
  ],
  ['expected (a) file', 'expected (a) file'],
])('who types commands reads of flags: %s', (message, said) => void expect(inFlags(message)).toBe(said))
