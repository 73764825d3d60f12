/** A folder of data and a model, in a page of the browser. */
export type { Project as ProjectState } from './api/project.js'
export type { StudioTask } from './project/project.js'
export { Studio, type StudioOptions } from './server/studio.js'
