/** Colors that the browser chooses by light and dark; from 360 pixels on. */
export const pageStyle = `
:root { font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 40rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.25rem; overflow-wrap: anywhere; }
label { display: block; margin: 0 0 .75rem; }
select, textarea, input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
button { font: inherit; padding: .5rem 1rem; }
[hidden] { display: none; }
.hint { opacity: .8; margin: .25rem 0 .75rem; overflow-wrap: anywhere; }
.bar { display: grid; grid-template-columns: minmax(0, 10rem) 1fr 4rem; gap: .5rem; align-items: center; }
.bar span { overflow-wrap: anywhere; }
.bar output { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 100%; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; border-radius: .25rem; padding: .75rem; }
`

/** What the page does. All that it shows of answers is text, never markup. */
export const pageScript = `
const form = document.forms[0], answer = document.querySelector('section')
const { model, text, file, token, why } = form.elements
const base = location.pathname.endsWith('/') ? location.pathname : location.pathname + '/'
let models = [], schemas = {}, context
const show = (what, on) => document.querySelectorAll('[data-for=' + what + ']').forEach((e) => { e.hidden = !on })
const add = (to, tag, content = '', more = {}) => {
  const made = Object.assign(document.createElement(tag), more)
  made.append(content)
  to.append(made)
  return made
}
const fetched = async (path, options = {}) => {
  const headers = { ...options.headers, ...(token.value && { Authorization: 'Bearer ' + token.value }) }
  const response = await fetch(base + path, { ...options, headers })
  if (response.status === 401) show('token', true)
  const json = await response.json()
  if (!response.ok) throw new Error(json.error)
  return json
}
const chosen = () => models.find(({ name }) => name === model.value)
const inputOf = () => schemas.paths?.['/models/' + model.value + '/' + chosen().verbs[0]]?.post.requestBody.content['application/json'].schema.oneOf[0].properties.input ?? {}
const takesText = () => [inputOf(), ...(inputOf().anyOf ?? [])].some(({ type }) => type === 'string')
/** What a conversation goes on from, where the model has such. */
const goesOn = () => context && inputOf().anyOf?.some(({ properties }) => properties?.context)
const change = () => {
  const one = chosen()
  context = undefined
  show('text', Boolean(one) && !one.takesFiles)
  show('file', Boolean(one) && one.takesFiles)
  why.hidden = !one?.verbs.includes('explain')
  if (!one || one.takesFiles) return
  const fields = Object.entries(takesText() ? {} : inputOf().properties ?? {})
  text.placeholder = fields.length > 0 ? '{ "' + fields[0][0] + '": ... }' : ''
  const hint = document.querySelector('details[data-for=text]')
  hint.hidden = fields.length === 0
  hint.lastElementChild.replaceChildren()
  for (const [name, { description }] of fields) add(hint.lastElementChild, 'li', name + (description ? ': ' + description : ''))
}
const bars = (parts) => {
  const most = Math.max(1, ...parts.map(([, value]) => Math.abs(value)))
  for (const [label, value] of parts) {
    const row = add(answer, 'div', '', { className: 'bar' })
    add(row, 'span', label)
    // What says another answer is of the color of what is far from the best.
    const color = value < 0 ? { low: 0, high: 0, optimum: 0 } : {}
    add(row, 'meter', '', { min: 0, max: most, value: Math.abs(value), title: label, ...color })
    add(row, 'output', value.toFixed(3))
  }
}
const ask = async (verb) => {
  answer.replaceChildren('...')
  try {
    const one = chosen()
    const isFile = one.takesFiles
    if (isFile && !file.files[0]) throw new Error('Choose a file.')
    const words = goesOn() && verb !== 'explain' ? { text: text.value, context } : text.value
    const input = isFile ? undefined : takesText() ? words : JSON.parse(text.value || 'null')
    const json = await fetched('models/' + model.value + '/' + verb, {
      method: 'POST',
      headers: { 'Content-Type': isFile ? 'application/octet-stream' : 'application/json' },
      body: isFile ? file.files[0] : JSON.stringify({ input }),
    })
    answer.replaceChildren()
    context = json.context ?? context
    const said = json.label ?? json.value ?? json.answer ?? json.text
    if (typeof said === 'string' || typeof said === 'number') add(answer, 'h2', String(said))
    if (json.probabilities) bars(Object.entries(json.probabilities).sort((a, b) => b[1] - a[1]))
    if (json.recommendations) bars(json.recommendations.map(({ item, title, score }) => [title ?? item, score]))
    if (json.alternatives) bars([json, ...json.alternatives].map(({ intent, confidence }) => [intent, confidence]))
    bars((json.parts ?? []).filter((part) => typeof part.text === 'string').map((part) => [part.text, part.weight]))
    add(add(answer, 'details', '', { open: answer.childElementCount === 0 }), 'summary', 'All of the answer')
    add(answer.lastChild, 'pre', JSON.stringify(json, null, 2))
  } catch (error) {
    answer.replaceChildren()
    add(answer, 'p', error.message, { role: 'alert' })
  }
}
const begin = async () => {
  try {
    models = (await fetched('models')).models
    schemas = await fetched('openapi.json')
    model.replaceChildren(...models.map(({ name }) => new Option(name)))
    change()
  } catch (error) {
    answer.replaceChildren(error.message)
  }
}
model.addEventListener('change', change)
token.addEventListener('change', begin)
form.addEventListener('submit', (event) => { event.preventDefault(); ask(chosen().verbs[0]) })
why.addEventListener('click', () => ask('explain'))
show('token', false)
begin()
`
