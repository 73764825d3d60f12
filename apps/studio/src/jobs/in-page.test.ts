import { expect, it } from 'vitest'
import { inPage } from './in-page.js'

it('what is said in the page names no flags of the command line', () => {
  expect(inPage('Keep one, or give them one group (--group-column), so that none is measured on.')).toBe(
    'Keep one, or give them one group, so that none is measured on.',
  )
  expect(inPage("If they are amounts, learn a number (option kind 'regression'; on the command line: --kind x).")).toBe(
    'If they are amounts, learn a number.',
  )
  expect(inPage('Choose another one (the second) -- if you like.')).toBe(
    'Choose another one (the second) -- if you like.',
  )
})
