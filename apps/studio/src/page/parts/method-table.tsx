import type { MethodRow } from '../view/runs.js'
import { measureInWords } from '../view/words.js'

interface MethodTableProps {
  readonly caption: string
  readonly measure: string
  readonly rows: readonly MethodRow[]
}

/** Methods side by side: how good, how certain that is, how long they took. */
export function MethodTable({ caption, measure, rows }: MethodTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="methods">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">method</th>
            <th scope="col" class="right">
              {measureInWords(measure)}
            </th>
            <th scope="col">95 % interval</th>
            <th scope="col" class="right">
              time
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                {row.name}
                {row.kept && (
                  <span class="tag" style={{ marginLeft: '8px' }}>
                    your model
                  </span>
                )}
                <div class="small soft" style={{ fontWeight: 400 }}>
                  {row.failed ?? row.description}
                </div>
              </th>
              <td class="right">{row.best ? <strong>{row.score}</strong> : row.score}</td>
              <td>
                {row.bar && (
                  <span class="interval" aria-hidden="true">
                    <i style={{ left: `${row.bar.low * 100}%`, width: `${(row.bar.high - row.bar.low) * 100}%` }} />
                    <b style={{ left: `${row.bar.at * 100}%` }} />
                  </span>
                )}
                <span class="small soft">{row.between}</span>
              </td>
              <td class="right">{row.seconds}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
