/** An id on the hub: a name, mostly with that of its owner before it. */
const idPattern = /^(?:[\w-][\w.-]*\/)?[\w-][\w.-]*$/

/** Whether a text can be the id of a model, and is not a path. */
export function isModelId(text: string): boolean {
  return idPattern.test(text) && text.length < 200 && !text.includes('..') && !text.includes('--')
}
