import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface PlotLine {
  /** Empty: none in the legend. */
  readonly name: string
  /** A color of the style, `var(--c0)`. */
  readonly color: string
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
  /** Thin and pale, behind the others. */
  readonly faint?: boolean
  /** Not drawn: the bound of a band. */
  readonly bound?: boolean
  /** A dot at each value. */
  readonly marked?: boolean
}

interface LinePlotProps {
  readonly label: string
  readonly x: readonly number[]
  readonly lines: readonly PlotLine[]
  readonly xName: string
  readonly format: (value: number) => string
  /** Places in `lines` of the upper and lower bound of a band. */
  readonly band?: readonly [number, number]
  readonly height?: number
  /** Where the axis of x ends, from 0 on. Default: as far as there are values. */
  readonly to?: number
  /** What no value is above. Default: nothing. */
  readonly most?: number
  /** Colors are read anew where it changes. */
  readonly theme: string
}

/** Curves, drawn by uPlot. */
export function LinePlot({ label, x, lines, xName, format, band, height = 220, to, most, theme }: LinePlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const shape = JSON.stringify([
    lines.map(({ name, color, dashed, marked, faint }) => [name, color, dashed, marked, faint]),
    band,
    to,
    most,
    theme,
  ])
  const data = (): UPlot.AlignedData => [[...x], ...lines.map(({ values }) => [...values])] as UPlot.AlignedData
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const styles = getComputedStyle(element)
    const colorOf = (color: string): string =>
      styles.getPropertyValue(/--[\w-]+/.exec(color)?.[0] ?? '').trim() || color
    const [soft, line] = [colorOf('--soft'), colorOf('--line')]
    const axis: UPlot.Axis = {
      stroke: soft,
      font: '12px system-ui, sans-serif',
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
    }
    plot.current = new UPlot(
      {
        width: element.clientWidth || 300,
        height,
        cursor: { y: false },
        legend: { show: false },
        scales: {
          x: { time: false, ...(to !== undefined && { range: [0, to] }) },
          y: most === undefined ? {} : { range: (_, low, high) => boundedRange(low, high, most) },
        },
        axes: [
          // Places are numbers of things: whole ones.
          {
            ...axis,
            incrs: wholeSteps,
            label: xName,
            labelSize: 22,
            labelFont: '12px system-ui, sans-serif',
            size: 28,
          },
          { ...axis, size: 56, values: (_, ticks) => ticks.map(format) },
        ],
        series: [
          {},
          ...lines.map(({ name, color, dashed, marked, faint, bound }) => ({
            label: name,
            stroke: colorOf(color),
            width: bound ? 0 : faint ? 1 : 2,
            alpha: faint ? 0.45 : 1,
            spanGaps: true,
            points: { show: marked === true || x.length < 2, size: faint ? 5 : 8, fill: colorOf(color) },
            ...(dashed && { dash: [5, 4] }),
          })),
        ],
        ...(band && { bands: [{ series: [band[0] + 1, band[1] + 1], fill: `${colorOf('--c0')}33` }] }),
      },
      data(),
      element,
    )
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
    }
  }, [shape])
  useEffect(() => plot.current?.setData(data()), [x, lines])
  return (
    <figure class="stack" style={{ gap: '6px' }}>
      <div ref={place} role="img" aria-label={label} class="plot" />
      {lines.filter(({ name }) => name !== '').length > 1 && (
        <ul class="legend">
          {lines
            .filter(({ name }) => name !== '')
            .map(({ name, color, dashed }) => (
              <li key={name}>
                <i class={dashed ? 'swatch dashed' : 'swatch'} style={`--swatch: ${color}`} /> {name}
              </li>
            ))}
        </ul>
      )}
    </figure>
  )
}

const wholeSteps = [1, 10, 100, 1000, 10_000, 100_000].flatMap((power) => [power, 2 * power, 5 * power])

/** Some room around what there is, and none above what cannot be. */
function boundedRange(low: number, high: number, most: number): [number, number] {
  const room = Math.max(0.1 * (high - low), 0.05)
  return [low - room, Math.min(high + room, most)]
}
