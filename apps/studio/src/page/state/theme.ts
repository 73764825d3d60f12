import { computed, effect, signal } from '@preact/signals'
import { kept } from './kept.js'

const asked = matchMedia('(prefers-color-scheme: dark)')
const system = signal(asked.matches)
asked.addEventListener('change', () => (system.value = asked.matches))

/** What somebody chose; null follows the system. */
const chosen = kept<'light' | 'dark' | null>('theme', null, localStorage)

export const theme = computed(() => chosen.value ?? (system.value ? 'dark' : 'light'))

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
})

export function toggleTheme(): void {
  const other = theme.value === 'dark' ? 'light' : 'dark'
  chosen.value = other === (system.value ? 'dark' : 'light') ? null : other
}
