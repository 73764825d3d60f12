import { percent } from '../view/words.js'
import { swatch } from './swatch.js'

interface SharesProps {
  readonly shares: readonly { readonly name: string; readonly share: number; readonly color: string }[]
}

/** Probabilities, as bars. */
export function Shares({ shares }: SharesProps) {
  return (
    <ul class="shares">
      {shares.map(({ name, share, color }) => (
        <li key={name} style={swatch(color)}>
          <span class="name" title={name}>
            {name}
          </span>
          <span class="bar" aria-hidden="true">
            <i style={{ width: percent(share, 1).replace(' ', '') }} />
          </span>
          <span class="number small">{percent(share)}</span>
        </li>
      ))}
    </ul>
  )
}
