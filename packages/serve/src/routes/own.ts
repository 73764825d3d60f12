import { type AnyTask, InputError } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { Hono } from 'hono'
import { z } from 'zod'
import { problemOf, RequestError } from '../http/request-error.js'
import type { BodyRoom } from '../http/body-room.js'
import { isJson, readBody, readJson } from '../http/read-body.js'
import { askingOf, queryOf, queryOfBytes, shown } from '../models/queries.js'
import type { ServedModel } from '../models/served-model.js'
import type { RequestContext, RequestVariables } from './request-context.js'

/** What is asked of a model: one input, or several, and options beside them. */
const asked = z.looseObject({ input: z.unknown().optional(), inputs: z.array(z.unknown()).optional() })

/**
 * The typed doors: `POST /models/NAME/VERB` with `{ "input": ... }` gives the answer, with `{ "inputs": [...] }` `{ "answers": [...] }`;
 * `POST /models/NAME/explain` says why. Where queries are files, such as pictures, the bytes of one are a request as well.
 */
export function ownRoutes(context: RequestContext): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>()

  app.get('/models', ({ json }) => json({ models: [...context.models.values()].map(summaryOf) }))

  app.get('/models/:name', ({ req, json }) => {
    const model = context.modelOf(req.param('name'))
    return json({ ...summaryOf(model), about: model.current.trained.describe().json })
  })

  app.post('/models/:name/:verb', ({ req, json, var: { signal, body } }) => {
    const model = context.modelOf(req.param('name'))
    const verb = req.param('verb')
    return model.using(async ({ task, trained, ask, explain }) => {
      const explains = verb === 'explain' && trained.explain !== undefined
      if (!explains && verb !== task.verb) {
        const [who, remedy] = [`model "${model.name}"`, `Ask: POST /models/${model.name}/${task.verb}.`]
        throw new RequestError(404, who, verbsOf(model).join(' or '), `"${verb}"`, remedy)
      }
      model.requireRoom()
      const { queries, isOne, options } = await questionsIn(req.raw, task, body, (count) => model.requireRoom(count))
      if (explains) {
        const [query] = queries
        if (!isOne) throw new OptionError('field "inputs"', 'one input to explain', 'several', 'Give it as "input".')
        if (query instanceof InputError) throw query
        return json((await explain(query, labelIn(options), signal)).json)
      }
      const answers = await ask(queries, askingOf(task, options), signal)
      if (!isOne)
        return json({ answers: answers.map((answer) => (answer instanceof Error ? problemOf(answer) : answer)) })
      const [answer] = answers
      if (answer instanceof Error) throw answer
      return json(answer as object)
    })
  })

  return app
}

/** @throws OptionError for one that is no text. */
function labelIn({ label }: { readonly label?: unknown }): string | undefined {
  if (label === undefined || typeof label === 'string') return label
  throw new OptionError('field "label"', 'a text', shown(label), 'Correct it, or leave it out.')
}

/** What a model is, in a list. */
function summaryOf(model: ServedModel): object {
  const { task } = model.current
  return { name: model.name, task: task.name, verbs: verbsOf(model), takesFiles: task.fromBytes !== undefined }
}

export function verbsOf({ current: { task, trained } }: ServedModel): string[] {
  return [task.verb, ...(trained.explain ? ['explain'] : [])]
}

interface Questions {
  readonly queries: readonly unknown[]
  /** Whether one was asked, and not a list of them. */
  readonly isOne: boolean
  readonly options: object
}

/** @param requireRoom Refuses too many, before each of them is looked at. */
async function questionsIn(
  request: Request,
  task: AnyTask,
  room: BodyRoom,
  requireRoom: (count: number) => void,
): Promise<Questions> {
  const type = request.headers.get('content-type')
  if (task.fromBytes && !isJson(type)) {
    return { queries: [queryOfBytes(task, await readBody(request, room))], isOne: true, options: {} }
  }
  const body = await readJson(request, room)
  const { data } = asked.safeParse(body)
  const { input, inputs, ...options } = data ?? {}
  if ((input === undefined) === (inputs === undefined)) {
    const expected = 'a field "input", or a list "inputs"'
    throw new InputError('body of the request', expected, shown(body), 'Send: {"input": ...}')
  }
  const isOne = inputs === undefined
  requireRoom(inputs?.length ?? 1)
  return { queries: (inputs ?? [input]).map((value) => queryOf(task, value)), isOne, options }
}
