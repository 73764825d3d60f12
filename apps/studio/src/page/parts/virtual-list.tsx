import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'

interface VirtualListProps {
  readonly count: number
  /** Height of a row, in pixels. */
  readonly height: number
  readonly label: string
  readonly row: (place: number) => ComponentChildren
}

/** A list of as many rows as there are, of which those in sight are drawn. */
export function VirtualList({ count, height, label, row }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const options: VirtualizerOptions<HTMLDivElement, Element> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  }
  const virtual = useMemo(() => new Virtualizer(options), [])
  virtual.setOptions({ ...virtual.options, ...options })
  useEffect(() => virtual._didMount(), [])
  useLayoutEffect(() => virtual._willUpdate())
  return (
    <div class="list" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <ol style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <li
            key={index}
            style={{ height: `${height}px`, transform: `translateY(${start}px)` }}
            aria-setsize={count}
            aria-posinset={index + 1}
          >
            {row(index)}
          </li>
        ))}
      </ol>
    </div>
  )
}
