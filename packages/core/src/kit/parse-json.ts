/** Lists and objects that lie in one another: what is deeper was made to break what reads it. */
const usualDepth = 256

/**
 * As `JSON.parse`, for texts that somebody else made.
 * @param deepest How deep it may be nested. Default 256.
 * @throws SyntaxError where it is no JSON, or nested deeper.
 */
export function parseJsonText(text: string, deepest = usualDepth): unknown {
  let [depth, isText] = [0, false]
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (isText) {
      if (sign === backslash) at++
      else if (sign === quote) isText = false
    } else if (sign === quote) isText = true
    else if (sign === bracket || sign === brace) {
      if (++depth > deepest) throw new SyntaxError(`more than ${deepest} lists and objects in one another`)
    } else if (sign === bracket + 2 || sign === brace + 2) depth--
  }
  return JSON.parse(text)
}

const [backslash, quote, bracket, brace] = Array.from('\\"[{', (sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
]
