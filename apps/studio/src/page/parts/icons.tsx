/** Signs, drawn for the page: a path of 24 by 24 each. They say nothing that is not said in words beside them. */
const paths = {
  drop: 'M12 3v12m0 0 4-4m-4 4-4-4M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2',
  sun: 'M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m11.4 0 1.4 1.4M4.9 4.9l1.4 1.4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  close: 'M6 6l12 12M18 6 6 18',
  undo: 'M9 14 4 9l5-5M4 9h9a7 7 0 0 1 0 14h-2',
  redo: 'm15 14 5-5-5-5M20 9h-9a7 7 0 0 0 0 14h2',
  camera:
    'M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Zm8 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z',
  trash: 'M4 7h16M9 7V4h6v3m-8 0 1 13h8l1-13',
  text: 'M4 6h16M4 12h16M4 18h10',
  picture: 'M4 5h16v14H4zm0 11 5-5 4 4 3-3 4 4M8.5 9.5h.01',
  shop: 'M5 8h14l-1 12H6L5 8Zm4 0a3 3 0 0 1 6 0',
  mark: 'M4 19V9m5 10V5m5 14v-7m5 7V3',
} as const

export function Icon({ name, size = 20 }: { name: keyof typeof paths; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}
