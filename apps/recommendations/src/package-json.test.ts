import { describe, expect, it } from 'vitest'
import { dependenciesOf } from './package-json.js'

describe('dependenciesOf', () => {
  it('gives what a package depends on and is developed with, each once, in the order of the file', () => {
    const names = dependenciesOf({
      name: 'me',
      dependencies: { zod: '^4', hono: '^4' },
      devDependencies: { vitest: '*', me: '^1', zod: '^4' },
      peerDependencies: { react: '>=18' },
    })
    expect(names).toEqual(['zod', 'hono', 'vitest', 'react'])
  })

  it('goes by the published name', () => {
    const dependencies = {
      short: 'npm:@scope/long@^2',
      other: 'npm:lodash-es',
      near: 'link:../near',
      local: 'file:x.tgz',
      own: 'workspace:^',
    }
    expect(dependenciesOf({ dependencies })).toEqual(['@scope/long', 'lodash-es'])
  })

  it('takes a file of any kind', () => {
    expect(dependenciesOf({ dependencies: ['a'], devDependencies: null, peerDependencies: { a: 1, b: '1' } })).toEqual([
      'b',
    ])
    expect(dependenciesOf({})).toEqual([])
  })
})
