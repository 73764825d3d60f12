import { describe, expect, it } from 'vitest'
import { findPlaceholders } from './find-placeholders.js'
import { repairPlaceholders } from './repair-placeholders.js'

describe('repairPlaceholders', () => {
  it.each([
    ['Open {0}', '{ 0 } öffnen', '{0} öffnen'],
    ['Save {name}', '{Name} speichern', '{name} speichern'],
    ['%s of %d', '% s von % d', '%s von %d'],
    ['<b>now</b>', '< b >jetzt< / b >', '<b>jetzt</b>'],
    ['<a href="x">here</a>', '<a href="y">hier</a>', '<a href="x">hier</a>'],
    ['Delete {file}', '{Datei} löschen', '{file} löschen'],
    ['Page {0}', 'Seite {0} {0}', 'Seite {0}'],
    ['{0} and {1}', '{ 0 } und {1}', '{0} und {1}'],
    ['{a} costs $5', '{ a } kostet $& $1', '{a} kostet $& $1'],
  ])('%s: %s', (source, target, repaired) => {
    expect(repairPlaceholders(findPlaceholders(source), target, {})).toBe(repaired)
  })

  it.each([
    ['Open {0}', 'Öffnen'],
    ['Open {0} and {1}', '{x} öffnen'],
    ['Open', '{0} öffnen'],
  ])('leaves alone what it cannot tell: %s: %s', (source, target) => {
    expect(repairPlaceholders(findPlaceholders(source), target, {})).toBe(target)
  })
})
