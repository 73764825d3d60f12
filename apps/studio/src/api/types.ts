/** The types of the API alone: what a page imports, so that no schema is in its script. */
export type * from './events.js'
export type * from './examples.js'
export type * from './look.js'
export type * from './project.js'
export type * from './try.js'
