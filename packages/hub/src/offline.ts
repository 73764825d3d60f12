/** True where the environment variable HEADSTART_OFFLINE forbids the network: it is set, and not to 0. */
export function isOffline(): boolean {
  const { HEADSTART_OFFLINE: value = '' } = process.env
  return value !== '' && value !== '0'
}
