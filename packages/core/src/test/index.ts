export { backboneChecks } from './backbone-checks.js'
export type * from './backbone-subject.js'
export { networkChecks } from './network-checks.js'
export { testBackbone } from './test-backbone.js'
