import { shown } from '@headstart/core/kit'
import { expect, it } from 'vitest'
import { modelCard } from './model-card.js'

it('nothing that somebody called a class, or said of a model, is markup of a card', () => {
  const labels = ['<img src=x onerror=alert(1)>', '[a](javascript:b)', 'a|b']
  const described = shown({ labels }, () => 'a\n````\n<script>alert(1)</script>')
  const task = { name: 'text', verb: 'predict', example: '"a"' }
  const card = modelCard('model', task as never, { describe: () => described } as never)
  expect(card).toContain('| labels | \\<img src=x onerror=alert(1)>, \\[a](javascript:b), a\\|b |')
  expect(card).toContain('\n`````\na\n````\n<script>alert(1)</script>\n`````\n')
})
