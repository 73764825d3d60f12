import { expect, it } from 'vitest'
import { readingNotices } from './reading-notices.js'
import { evidentlyForeign, readsLikeEnglish } from './reads-like-english.js'

it.each([
  ['Ich habe den falschen Artikel bekommen; bitte tauschen Sie ihn um.', false],
  ["Je n'ai pas reçu ma commande et la livraison est en retard.", false],
  ['No he recibido el pedido y quiero una devolución.', false],
  ['Non ho ricevuto la merce che ho ordinato.', false],
  ['O produto não chegou, quando recebo uma resposta?', false],
  ['Ik heb het verkeerde artikel gekregen, wat nu?', false],
  ['You sent me the wrong item; please exchange it.', true],
  ['What does "que sera" mean?', true],
  ['Danke for the quick delivery, it was a pleasure.', true],
  ['MacBook Pro 14', undefined],
  ['', undefined],
])('reads %j', (text, answer) => void expect(readsLikeEnglish(text)).toBe(answer))

it('says of German messages, once, that the encoder has learned English alone', () => {
  const notices = readingNotices(128)
  for (const number of ['eins', 'zwei', 'drei']) notices.english(`Ich habe die Ware ${number} nicht bekommen.`)
  for (const item of ['lamp', 'mug']) notices.english(`Where is the ${item} that I ordered?`)
  expect(notices.take()).toEqual([
    expect.stringMatching(/^3 texts do not read like English, such as "Ich habe die .*--backbone Xenova\/multilingual/),
  ])
  expect(notices.take()).toEqual([])
})

it('says nothing of a few foreign texts among English ones', () => {
  const notices = readingNotices(128)
  for (let number = 0; number < 20; number++) notices.english(`Where is the parcel ${number} that I ordered?`)
  for (const number of ['eins', 'zwei', 'drei']) notices.english(`Ich habe die Ware ${number} nicht bekommen.`)
  expect(notices.take()).toEqual([])
})

it.each([
  ['German', 'Ich habe die Ware nicht bekommen.', true],
  ['Russian', 'Где моя посылка?', true],
  ['English', 'Where is the parcel that I ordered?', false],
  ['names', 'MacBook Pro 14', false],
])('tells whether texts are evidently foreign: %s', (_, text, isForeign) => {
  expect(evidentlyForeign([text, text, text, text])).toBe(isForeign)
})
