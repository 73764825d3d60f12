/** HTTP over any model: a server, a handler for a server of one's own, and where models come from. */
export { loopbackHosts } from './http/guards.js'
export { RequestError } from './http/request-error.js'
export { type AnyTrained, folderModel, type ModelSource, openModel, type OpenedModel } from './models/model-source.js'
export type { BatchLimits } from './models/batcher.js'
export type { ServedModel } from './models/served-model.js'
export { createServer, type Server, type ServerOptions } from './server.js'
export { createService, type Service, type ServiceEvent, type ServiceOptions } from './service.js'
