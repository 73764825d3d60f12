/** Parts for those who build a server of their own: what it refuses, and how it says so. */
export { checkHost, checkOrigin, loopbackHosts } from './http/guards.js'
export { isJson, parsedJson, readBody, readJson } from './http/read-body.js'
export { RequestError } from './http/request-error.js'
