/** A style that carries the color of a label to what is drawn in it. */
export function swatch(color: string, more = ''): string {
  return `--swatch: ${color}; ${more}`
}

/** The color of a label, beside its name. */
export function Swatch({ color }: { color: string }) {
  return <i class="swatch" style={swatch(color)} aria-hidden="true" />
}
