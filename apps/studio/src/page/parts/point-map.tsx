import { useEffect, useMemo, useRef } from 'preact/hooks'
import { type Camera, nextPoint, panned, PointIndex, resized, type Size, wholeMap, zoomed } from '../view/map-view.js'

interface PointMapProps {
  readonly label: string
  /** Places in the unit square, [n, 2]. */
  readonly points: Float32Array
  /** Place of the color of each point in `colors`, -1 for none. */
  readonly groups: readonly number[]
  /** Colors of the style, `var(--c0)`. */
  readonly colors: readonly string[]
  /** What a point is called. */
  readonly nameOf: (place: number) => string
  readonly onOpen: (place: number) => void
  readonly theme: string
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Points on a canvas that is dragged and zoomed; a click, or Enter, opens the one it lies on. Arrow keys go from point to point. */
export function PointMap(props: PointMapProps) {
  const { label, points, groups, colors, nameOf, onOpen, theme } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const said = useRef<HTMLParagraphElement>(null)
  const camera = useRef<Camera | undefined>(undefined)
  /** Of the canvas, when the camera was last used. */
  const seen = useRef<Size | undefined>(undefined)
  const chosen = useRef<number | undefined>(undefined)
  const frame = useRef(0)
  const index = useMemo(() => new PointIndex(points), [points])
  // Points of one color are drawn together: to change the color costs more than a point.
  const order = useMemo(() => {
    const byGroup = colors.concat('').map((): number[] => [])
    groups.forEach((group, place) => byGroup[group < 0 ? colors.length : group]?.push(place))
    return byGroup
  }, [groups, colors])

  const draw = (): void => {
    frame.current = 0
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const ratio = Math.min(2, devicePixelRatio)
    const [width, height] = [element.clientWidth, element.clientHeight]
    if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio)
    if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio)
    const before = seen.current
    if (camera.current && before && (before[0] !== width || before[1] !== height))
      camera.current = resized(camera.current, before, [width, height])
    seen.current = [width, height]
    camera.current ??= wholeMap(width, height)
    const { x, y, scale } = camera.current
    const styles = getComputedStyle(element)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    // The nearer, the larger; with thousands squares, which cost a fraction of circles.
    const zoom = scale / Math.min(width, height)
    const size = Math.max(3, Math.min(14, (points.length > 8000 ? 3.5 : 7) * Math.sqrt(Math.max(0.6, zoom))))
    const round = points.length <= 8000
    context.globalAlpha = 0.82
    order.forEach((places, group) => {
      if (places.length === 0) return
      context.fillStyle = styles.getPropertyValue(/--[\w-]+/.exec(colors[group] ?? '')?.[0] ?? '--edge').trim()
      if (round) context.beginPath()
      for (const place of places) {
        const left = ((points[2 * place] as number) - x) * scale
        const top = ((points[2 * place + 1] as number) - y) * scale
        if (left < -size || top < -size || left > width + size || top > height + size) continue
        if (round) {
          context.moveTo(left + size / 2, top)
          context.arc(left, top, size / 2, 0, 6.2832)
        } else context.fillRect(left - size / 2, top - size / 2, size, size)
      }
      if (round) context.fill()
    })
    context.globalAlpha = 1
    if (chosen.current !== undefined && chosen.current < points.length / 2) {
      context.beginPath()
      const left = ((points[2 * chosen.current] as number) - x) * scale
      const top = ((points[2 * chosen.current + 1] as number) - y) * scale
      context.arc(left, top, size / 2 + 5, 0, 6.2832)
      context.lineWidth = 2.5
      context.strokeStyle = styles.getPropertyValue('--ink').trim()
      context.stroke()
    }
  }
  const redraw = (): void => {
    if (frame.current === 0) frame.current = requestAnimationFrame(() => latest.current())
  }
  const latest = useRef(draw)
  latest.current = draw

  const choose = (place: number | undefined): void => {
    if (place === chosen.current) return
    chosen.current = place
    if (said.current) said.current.textContent = place === undefined ? '' : nameOf(place)
    redraw()
  }
  const under = (event: { offsetX: number; offsetY: number }): number | undefined => {
    const { x, y, scale } = camera.current ?? wholeMap(1, 1)
    return index.nearest(x + event.offsetX / scale, y + event.offsetY / scale, 14 / scale)
  }
  const move = (to: Camera): void => {
    camera.current = to
    redraw()
  }
  const middle = (factor: number): void => {
    const element = canvas.current
    if (element && camera.current)
      move(zoomed(camera.current, factor, element.clientWidth / 2, element.clientHeight / 2))
  }
  const whole = (): void => {
    const element = canvas.current
    if (element) move(wholeMap(element.clientWidth, element.clientHeight))
  }

  useEffect(redraw, [points, order, theme])
  useEffect(() => {
    const element = canvas.current
    if (!element) return undefined
    const pointers = new Map<number, { x: number; y: number }>()
    let moved = 0
    const down = (event: PointerEvent): void => {
      element.setPointerCapture(event.pointerId)
      if (pointers.size === 0) moved = 0
      pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
    }
    const drag = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId)
      if (!before || !camera.current) {
        handlers.current.hover(event)
        return
      }
      const [dx, dy] = [event.offsetX - before.x, event.offsetY - before.y]
      moved += Math.abs(dx) + Math.abs(dy)
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
      pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
      if (other === undefined) move(panned(camera.current, dx, dy))
      else {
        const was = Math.hypot(before.x - other.x, before.y - other.y)
        const is = Math.hypot(event.offsetX - other.x, event.offsetY - other.y)
        move(zoomed(camera.current, is / Math.max(1, was), other.x, other.y))
      }
    }
    const up = (event: PointerEvent): void => {
      pointers.delete(event.pointerId)
      // A hand that trembles still clicks.
      if (moved < 6 && event.type === 'pointerup') handlers.current.click(event)
    }
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      if (camera.current) move(zoomed(camera.current, Math.exp(-event.deltaY * 0.0015), event.offsetX, event.offsetY))
    }
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', drag)
    element.addEventListener('pointerup', up)
    element.addEventListener('pointercancel', up)
    element.addEventListener('wheel', wheel, { passive: false })
    const observer = new ResizeObserver(redraw)
    observer.observe(element)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame.current)
      frame.current = 0
      element.removeEventListener('pointerdown', down)
      element.removeEventListener('pointermove', drag)
      element.removeEventListener('pointerup', up)
      element.removeEventListener('pointercancel', up)
      element.removeEventListener('wheel', wheel)
    }
  }, [])
  const handlers = useRef<Record<'hover' | 'click', (event: PointerEvent) => void>>({
    hover: () => {},
    click: () => {},
  })
  handlers.current = {
    hover: (event) => choose(under(event)),
    click: (event) => {
      const place = under(event)
      choose(place)
      if (place !== undefined) onOpen(place)
    },
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = ARROWS[event.key]
    if (direction) choose(chosen.current === undefined ? 0 : nextPoint(points, chosen.current, ...direction))
    else if ((event.key === 'Enter' || event.key === ' ') && chosen.current !== undefined) onOpen(chosen.current)
    else if (event.key === '+' || event.key === '=') middle(1.5)
    else if (event.key === '-') middle(1 / 1.5)
    else if (event.key === '0') whole()
    else return
    event.preventDefault()
  }
  return (
    <div class="stack" style={{ gap: '8px' }}>
      <div class="map">
        <canvas ref={canvas} tabIndex={0} role="application" aria-label={label} onKeyDown={onKeyDown} />
        <div class="tools">
          <button type="button" aria-label="Zoom in" onClick={() => middle(1.5)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => middle(1 / 1.5)}>
            −
          </button>
          <button type="button" onClick={whole}>
            Whole
          </button>
        </div>
      </div>
      <p ref={said} class="small soft" style={{ minHeight: '1.6em' }} aria-live="polite" />
    </div>
  )
}
