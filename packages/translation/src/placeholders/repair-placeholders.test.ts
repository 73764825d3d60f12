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
    ['%s is 100% sure', 'sind 100% sicher, % s', 'sind 100% sicher, %s'],
    ['%d%% of %lu', '% d %% von % lu', '%d %% von %lu'],
    ['{a} costs $5', '{ a } kostet $& $1', '{a} kostet $& $1'],
  ])('%s: %s', (source, target, repaired) => {
    expect(repairPlaceholders(findPlaceholders(source), target, {})).toBe(repaired)
  })

  it.each([
    ['Open {0}', 'Öffnen'],
    ['Open {0} and {1}', '{x} öffnen'],
    ['Open', '{0} öffnen'],
    ['%s is 100% sure', 'ist 100% sicher'],
    ['%d of 50 % done', '50 % der Arbeit'],
    ['100% of %s', '100 % s'],
    ['%s now', 'in % sehr bald'],
  ])('leaves alone what it cannot tell: %s: %s', (source, target) => {
    expect(repairPlaceholders(findPlaceholders(source), target, {})).toBe(target)
  })

  it('leaves alone longer words that have in them what is to be kept', () => {
    expect(repairPlaceholders(['Git'], 'Digital mit GitHub', { keep: ['Git'] })).toBe('Digital mit GitHub')
    expect(repairPlaceholders(['Git'], 'Digital mit git', { keep: ['Git'] })).toBe('Digital mit Git')
  })
})
