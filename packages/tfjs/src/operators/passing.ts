import type { Importer } from '../operation.js'

/** Nodes that give what they are given. */
const pass: Importer = (operation) => operation.input(0)

export const passingOperators: Readonly<Record<string, Importer>> = {
  Identity: pass,
  IdentityN: (operation) => operation.inputs,
  StopGradient: pass,
  Snapshot: pass,
  PlaceholderWithDefault: pass,
}
