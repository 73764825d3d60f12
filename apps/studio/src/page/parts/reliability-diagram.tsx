import type { Reliability } from '../view/reliability.js'
import { count, percent } from '../view/words.js'

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM] = [380, 270, 66, 24, 42]

/** How sure it says it is, against how often it is right; the diagonal is what it should be. */
export function ReliabilityDiagram({ reliability }: { reliability: Reliability }) {
  const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT)
  const y = (share: number): number => HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 12)
  const most = Math.max(1, ...reliability.bins.map(({ count }) => count))
  return (
    <figure class="stack">
      <svg
        class="plot"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Calibration. ${reliability.verdict}`}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share}>
            <line x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} stroke="var(--line)" />
            <text x={x(0) - 6} y={y(share) + 4} text-anchor="end">
              {percent(share)}
            </text>
            <text x={x(share)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
              {share === 0 ? '' : percent(share)}
            </text>
          </g>
        ))}
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke="var(--edge)" stroke-dasharray="4 4" />
        {reliability.bins.map((bin) => (
          <g key={bin.said}>
            <title>
              {`${count(bin.count, 'answer')} that it is ${percent(bin.said)} sure of: ${percent(bin.right)} right`}
            </title>
            <line
              x1={x(bin.said)}
              x2={x(bin.said)}
              y1={y(bin.interval[0])}
              y2={y(bin.interval[1])}
              stroke="var(--accent)"
              stroke-width="2"
              opacity="0.5"
            />
            <circle cx={x(bin.said)} cy={y(bin.right)} r={3.5 + 6 * Math.sqrt(bin.count / most)} fill="var(--accent)" />
          </g>
        ))}
        <text x={(x(0) + x(1)) / 2} y={HEIGHT - 6} text-anchor="middle">
          how sure it says it is
        </text>
        <text transform={`translate(14 ${(y(0) + y(1)) / 2}) rotate(-90)`} text-anchor="middle">
          how often it is right
        </text>
      </svg>
      <figcaption>{reliability.verdict}</figcaption>
    </figure>
  )
}
