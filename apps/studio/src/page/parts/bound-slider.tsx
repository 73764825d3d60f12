import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface BoundSliderProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** The value in words. */
  readonly shown: string
  readonly onChange: (value: number) => void
  /** What it costs. */
  readonly children: ComponentChildren
}

/** A slider that says what it costs while it is moved. */
export function BoundSlider({ label, value, min, max, step, shown, onChange, children }: BoundSliderProps) {
  const id = useId()
  return (
    <div class="stack" style={{ gap: '6px' }}>
      <div class="row spread">
        <label for={id}>{label}</label>
        <output for={id} class="number">
          {shown}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={shown}
        aria-describedby={`${id}-cost`}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <div id={`${id}-cost`} class="small">
        {children}
      </div>
    </div>
  )
}
