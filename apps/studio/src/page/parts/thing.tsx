import type { Example } from '../../api/types.js'
import { detailsInWords } from '../view/details.js'

/** An example in full: its text, its picture, its card. */
export function Thing({ example, src }: { example: Example; src: (size: number) => string }) {
  const { shown } = example
  if (shown.type === 'text') return <blockquote>{shown.text}</blockquote>
  if (shown.type === 'picture') return <img src={src(640)} alt={shown.name} />
  return (
    <div>
      <strong>{shown.title}</strong>
      <CardDetails details={shown.details} />
    </div>
  )
}

export function CardDetails({ details }: { details: Readonly<Record<string, string>> }) {
  const lines = detailsInWords(details)
  return lines.length === 0 ? null : (
    <span class="small soft">
      {lines.map((line) => (
        <span key={line} style={{ display: 'block' }}>
          {line}
        </span>
      ))}
    </span>
  )
}

/** What an example is called in a line. */
export function nameOf({ shown }: Example): string {
  return shown.type === 'text' ? shown.text : shown.type === 'picture' ? shown.name : shown.title
}
