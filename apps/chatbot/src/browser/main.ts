/** The page's own program: what is written goes to the server, what it replies is shown. Texts are only ever set as text. */
import type { Reply } from '@headstart/nlp'
import type { CorrectAnswer, Refusal, ReplyAnswer } from '../answers.js'

const [form, input, turns] = [byId('form', HTMLFormElement), byId('text', HTMLInputElement), byId('turns', HTMLElement)]
const intents = byId('intents', HTMLTemplateElement)
/** Where the conversation stands: the server keeps nothing of it. */
let context: Reply['context'] | undefined

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = input.value.trim()
  if (text !== '') void say(text)
})
input.focus()

async function say(text: string): Promise<void> {
  input.value = ''
  const before = context
  const answer = await ask<ReplyAnswer>('reply', { text, ...(context && { context }) })
  if (!answer) {
    input.value = text
    return
  }
  context = answer.reply.context
  const turn = document.createElement('li')
  turn.append(paragraph('said', text), replyOf(answer), correctionOf(text, before, turn))
  turns.append(turn)
  turn.scrollIntoView({ block: 'nearest' })
  input.focus()
}

/** What was said to a text, and what that came of. */
function replyOf({ reply, nearest }: ReplyAnswer): HTMLElement {
  const { answer, intent, confidence, known, familiarity, alternatives, asks, slots } = reply
  const box = element('div', 'reply')
  box.append(paragraph('answer', answer))
  if (asks && 'intents' in asks) {
    const choices = element('p', 'choices')
    choices.append(...asks.intents.map((one) => button(nameOf(one), () => void say(nameOf(one)))))
    box.append(choices)
  }
  const details = element('dl', 'why')
  const told = known
    ? intent === null
      ? `between ${alternatives
          .slice(0, asks && 'intents' in asks ? asks.intents.length : 1)
          .map((one) => `${nameOf(one.intent)} ${percent(one.confidence)}`)
          .join(' and ')}`
      : `${nameOf(intent)} ${percent(confidence)}`
    : `nothing: unlike what it learned`
  entry(details, 'Sure of', `${told}${familiarity === null ? '' : ` (familiarity ${familiarity.toFixed(2)})`}`)
  if (intent !== null && alternatives.length > 0)
    entry(details, 'Or', alternatives.map((one) => `${nameOf(one.intent)} ${percent(one.confidence)}`).join(', '))
  const found = Object.entries(slots)
  if (found.length > 0) entry(details, 'Found', found.map(([name, value]) => `${name}: ${value}`).join(', '))
  entry(
    details,
    'Most like',
    ...nearest.map((one) => `“${one.text}” (${nameOf(one.intent)}, ${one.likeness.toFixed(2)})`),
  )
  box.append(details)
  return box
}

/** A button, and behind it what would have been right. */
function correctionOf(text: string, before: Reply['context'] | undefined, turn: HTMLElement): HTMLElement {
  const box = element('div', 'correction')
  const open = button('That was wrong', () => {
    const label = document.createElement('label')
    label.textContent = 'It is about'
    const select = document.createElement('select')
    select.append(intents.content.cloneNode(true))
    label.append(select)
    box.replaceChildren(
      label,
      button('Learn that', () => void learn(select.value)),
    )
    turn.scrollIntoView({ block: 'nearest' })
    select.focus()
  })
  box.append(open)
  return box

  async function learn(intent: string): Promise<void> {
    const learned = await ask<CorrectAnswer>('correct', { text, intent })
    if (!learned) return
    const { milliseconds, texts, answer } = learned
    byId('texts', HTMLElement).textContent = String(texts)
    turn.querySelector('.reply')?.replaceWith(replyOf(answer))
    box.replaceChildren(
      paragraph('learned', `Learned in ${(milliseconds / 1000).toFixed(2)} s. This is what it says now.`),
    )
    // Of the corrected turn the conversation goes on.
    context = { ...before, ...answer.reply.context }
    input.focus()
  }
}

/** Asks the server; undefined where it does not answer as it should, which is said. */
async function ask<Answer>(what: 'reply' | 'correct', body: object): Promise<Answer | undefined> {
  const status = byId('status', HTMLElement)
  status.textContent = ''
  try {
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(`/${what}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = (await response.json()) as Answer | Refusal
    if (response.ok) return answer as Answer
    status.textContent = (answer as Refusal).error
  } catch (error) {
    status.textContent = `The server does not answer as it should (${String(error)}). Is it still running?`
  }
  return undefined
}

function entry(list: HTMLElement, name: string, ...texts: readonly string[]): void {
  const term = document.createElement('dt')
  term.textContent = name
  list.append(
    term,
    ...texts.map((text) => {
      const description = document.createElement('dd')
      description.textContent = text
      return description
    }),
  )
}

function nameOf(intent: string): string {
  return intent.replaceAll('_', ' ')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

function paragraph(kind: string, text: string): HTMLElement {
  const one = element('p', kind)
  one.textContent = text
  return one
}

function element(name: string, kind: string): HTMLElement {
  const one = document.createElement(name)
  one.className = kind
  return one
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  const one = document.createElement('button')
  one.type = 'button'
  one.textContent = text
  one.addEventListener('click', onClick)
  return one
}

function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new TypeError(`The page has no ${kind.name} "${id}".`)
  return found
}
