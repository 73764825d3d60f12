import type { ExampleKnowledge } from '@headstart/core'

/** The name of each class as one text of it: `_` and `/` in it are read as spaces. A name without a letter says nothing. */
export function classNames(): ExampleKnowledge<string> {
  return {
    name: 'class names',
    exampleOf: (label) => (/\p{L}/u.test(label) ? label.replaceAll(/[_/]+/g, ' ').trim() : undefined),
  }
}
