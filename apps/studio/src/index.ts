/** A folder of data and a model, in a page of the browser. */
export type { Project } from './api/project.js'
