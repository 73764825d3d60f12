import type { ConfusionCell, ConfusionTable } from '../view/confusion.js'

interface ConfusionMatrixProps {
  readonly table: ConfusionTable
  readonly onOpen: (cell: ConfusionCell) => void
}

/** Which classes are taken for which; a cell opens its examples. */
export function ConfusionMatrix({ table, onOpen }: ConfusionMatrixProps) {
  return (
    <div class="stack">
      <div class="scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
        <table class="matrix">
          <caption class="unseen">Rows are the labels that were given, columns what was answered.</caption>
          <thead>
            <tr>
              <td class="small soft">given ↓ answered →</td>
              {table.labels.map((label) => (
                <th key={label} scope="col" title={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row[0]?.given}>
                <th scope="row" title={row[0]?.given}>
                  {row[0]?.given}
                </th>
                {row.map((cell) => (
                  <td key={cell.predicted}>
                    <button
                      type="button"
                      disabled={cell.ids.length === 0}
                      aria-label={cell.says}
                      title={cell.says}
                      class={cell.share > 0.55 ? 'strong' : ''}
                      style={cell.ids.length > 0 ? { background: tone(cell) } : {}}
                      onClick={() => onOpen(cell)}
                    >
                      {cell.ids.length}
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.left > 0 && <p class="small soft">{table.left} labels more, with fewer mistakes, are not shown.</p>}
      {table.mistakes.length > 0 && (
        <ul class="stack" style={{ gap: '2px' }}>
          {table.mistakes.slice(0, 3).map((cell) => (
            <li key={cell.says}>
              <button type="button" class="plain" onClick={() => onOpen(cell)}>
                {cell.says}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** A faint cell keeps the ink's contrast, a strong one the paper's: between 45 and 65 % neither would do. */
function tone({ right, share }: ConfusionCell): string {
  const part = share > 0.55 ? 75 + share * 25 : 10 + share * 45
  return `color-mix(in srgb, var(${right ? '--accent' : '--bad'}) ${part.toFixed(0)}%, var(--card))`
}
