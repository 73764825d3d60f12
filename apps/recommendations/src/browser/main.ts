/** The page's own program: what is picked goes to the server, what it answers is shown. Texts are only ever set as text. */
import type { CatalogAnswer, Entry, RecommendationsAnswer } from '../answers.js'

const address = new URL(location.href)
/** Ids of what has been picked, the latest last. They stand in the address too, so that a list can be passed on. */
let have = [...new Set(address.searchParams.getAll('have'))]

const [catalog, history, recommendations] = [list('catalog'), list('history'), list('recommendations')]
const search = byId('search', HTMLInputElement)
const clear = byId('clear', HTMLButtonElement)
/** Questions that are not answered yet, one of each kind. */
const pending = new Map<string, AbortController>()

search.addEventListener('input', () => void showCatalog())
clear.addEventListener('click', () => pick([], 'history-heading'))
await Promise.all([showCatalog(), showRecommendations()])

/** What has been picked is now this; `focus` is the heading to go to where the button that was clicked goes away. */
function pick(ids: readonly string[], focus?: string): void {
  have = [...ids]
  address.searchParams.delete('have')
  for (const id of have) address.searchParams.append('have', id)
  globalThis.history.replaceState(null, '', address)
  if (focus !== undefined) document.getElementById(focus)?.focus()
  for (const button of catalog.querySelectorAll('button'))
    button.ariaPressed = String(have.includes(button.dataset['id'] ?? ''))
  void showRecommendations()
}

async function showCatalog(): Promise<void> {
  const answer = await ask<CatalogAnswer>('catalog', [['search', search.value]])
  if (!answer) return
  const { found, items } = answer
  say('found', found > items.length ? `${found} found; the first ${items.length}:` : `${found} found`)
  catalog.replaceChildren(
    ...items.map((entry) => {
      const { id } = entry
      const toggle = (): void => pick(have.includes(id) ? have.filter((other) => other !== id) : [...have, id])
      const button = action('Add', entry, toggle)
      button.dataset['id'] = id
      button.ariaPressed = String(have.includes(id))
      return row(entry, button, entry.text)
    }),
  )
}

async function showRecommendations(): Promise<void> {
  const answer = await ask<RecommendationsAnswer>(
    'recommendations',
    have.map((id) => ['have', id]),
  )
  if (!answer) return
  history.replaceChildren(
    ...answer.history.map((entry) => {
      const remove = (): void =>
        pick(
          have.filter((id) => id !== entry.id),
          'history-heading',
        )
      return row(entry, action('Remove', entry, remove))
    }),
  )
  recommendations.replaceChildren(
    ...answer.recommendations.map((entry) => {
      const add = (): void => pick([...have, entry.id], 'recommendations-heading')
      const reason = entry.because.length > 0 ? `Because of ${entry.because.join(', ')}` : 'Popular'
      return row(entry, action('Add', entry, add), reason, entry.text)
    }),
  )
  clear.hidden = answer.history.length === 0
  const whom =
    answer.history.length === 0
      ? 'popular ones, since nothing is picked yet'
      : `for the ${answer.history.length} picked`
  const unknown = answer.unknown.length === 0 ? '' : `; not in the catalog: ${answer.unknown.join(', ')}`
  say('status', `${answer.recommendations.length} ${whom}${unknown}`)
}

/** Asks the server; undefined where it was asked the same kind of thing again meanwhile. */
async function ask<Answer>(what: 'catalog' | 'recommendations', query: string[][]): Promise<Answer | undefined> {
  pending.get(what)?.abort()
  const controller = new AbortController()
  pending.set(what, controller)
  try {
    const response = await fetch(`/${what}?${new URLSearchParams(query)}`, { signal: controller.signal })
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    return (await response.json()) as Answer
  } catch (error) {
    if (!controller.signal.aborted)
      say('status', `The server does not answer as it should (${String(error)}). Is it still running?`)
    return undefined
  }
}

function row({ title }: Entry, button: HTMLButtonElement, ...texts: readonly string[]): HTMLLIElement {
  const item = document.createElement('li')
  const name = document.createElement('strong')
  name.textContent = title
  item.append(button, name)
  for (const text of texts.filter((text) => text !== '')) {
    const paragraph = document.createElement('p')
    paragraph.textContent = text
    item.append(paragraph)
  }
  return item
}

function action(verb: string, { title }: Entry, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = verb
  button.ariaLabel = `${verb} ${title}`
  button.addEventListener('click', onClick)
  return button
}

function say(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text
}

function list(id: string): HTMLElement {
  return byId(id, HTMLElement)
}

function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new TypeError(`The page has no ${kind.name} "${id}".`)
  return element
}
