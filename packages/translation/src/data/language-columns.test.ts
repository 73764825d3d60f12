import { expect, it } from 'vitest'
import { languageColumns } from './language-columns.js'

it.each([
  ['tags', ['en', 'de'], ['en', 'de']],
  ['tags of countries', ['key', 'en_US', 'pt-BR'], ['en_US', 'pt-BR']],
  ['names', ['English', 'German'], ['en', 'de']],
  ['capitals', ['EN', 'FR'], ['en', 'fr']],
  ['tags beside the number of the row', ['id', 'en', 'de'], ['en', 'de']],
  ['Indonesian', ['en', 'id'], ['en', 'id']],
  ['numbers of rows', ['no', 'id', 'text'], []],
  ['other names', ['key', 'text', 'label', 'url', 'name', 'date', 'user', 'item'], []],
])('columns that are named by %s', (_, names, tags) => {
  expect([...languageColumns(names).keys()]).toEqual(tags)
})
