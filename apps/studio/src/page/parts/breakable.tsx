import type { ComponentChildren } from 'preact'

/** A name that can go on in a new line after each `_`, `-`, `.` and `/`. */
export function breakable(name: string): ComponentChildren {
  return name.split(/(?<=[_\-./])/).flatMap((part, place) => (place === 0 ? [part] : [<wbr key={place} />, part]))
}
