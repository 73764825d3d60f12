/**
 * Distinct names of classes in the order that they have everywhere: whole numbers first, ascending ("2" before "10"), then all others by
 * code unit. It is the order in which a JavaScript object keeps its keys, whatever order they are given in (ECMA-262,
 * OrdinaryOwnPropertyKeys), so that `probabilities` has the classes in the order of `labels`.
 */
export function inLabelOrder(names: Iterable<string>): string[] {
  return Object.keys(Object.fromEntries([...names].sort().map((name) => [name, true])))
}
