import { expect, it } from 'vitest'
import { html, pageOf } from './html.js'

it('what is put into a page is text, in its title and in attributes too', () => {
  const harm = `"><img src=x onerror='alert(1)'></title><script>alert(1)</script>&`
  const page = pageOf(harm, html`<p title="${harm}">${harm}${[html`<b>${harm}</b>`]}</p>`)
  expect(page).not.toMatch(/<img|<script|onerror='/)
  expect(page).toContain('&#60;script&#62;alert(1)')
  expect(page).toContain('default-src &#39;none&#39;')
})
