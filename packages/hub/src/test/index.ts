export {
  type HubContents,
  type Interference,
  listen,
  loopbackHub,
  type LoopbackHub,
  sendRange,
  type Seen,
} from './loopback-hub.js'
