import type { TakenInputs } from '@headstart/core/load'

/** What text encoders take. */
export const texts: TakenInputs = { what: 'a text', is: (input) => typeof input === 'string' }
