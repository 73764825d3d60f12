import { type AnyTask, InputError } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { Hono } from 'hono'
import { z } from 'zod'
import type { BodyRoom } from '../http/body-room.js'
import { isJson, readBody, readJson } from '../http/read-body.js'
import type { AnyTrained } from '../models/model-source.js'
import { askingOf, queryOf, queryOfBytes, queryOfText, shown } from '../models/queries.js'
import type { RequestContext, RequestVariables } from './request-context.js'

const asked = z.object({
  inputs: z.unknown(),
  parameters: z.looseObject({ top_k: z.int().min(1).optional() }).default({}),
})

/**
 * `POST /models/NAME` in the shape of Hugging Face's inference API: `inputs` and `parameters.top_k` give
 * `[{ "label": ..., "score": ... }]`, a list for each input; of a file, of which there is one, the list itself.
 */
export function huggingFaceRoutes(context: RequestContext): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>()
  app.post('/models/:name', ({ req, json, var: { signal, body } }) => {
    const model = context.modelOf(req.param('name'))
    model.requireRoom()
    return model.using(async ({ task, trained, ask }) => {
      const { queries, isFile, options, top } = await questionsIn(req.raw, task, body, (count) =>
        model.requireRoom(count),
      )
      const answers = await ask(queries, askingOf(task, options), signal)
      const failed = answers.find((answer) => answer instanceof InputError)
      if (failed) throw failed
      const said = answers.map((answer) => saidOf(trained, answer, top))
      return json(isFile ? said[0] : said)
    })
  })
  return app
}

/** As a list of labels; else by its name, in words unless the model says otherwise. */
function saidOf(trained: AnyTrained, answer: unknown, top: number | undefined): object {
  if (trained.scores) return trained.scores(answer).slice(0, top)
  return trained.generated?.(answer) ?? { generated_text: trained.say(answer) }
}

interface Questions {
  readonly queries: readonly unknown[]
  readonly isFile: boolean
  readonly options: object
  readonly top?: number | undefined
}

/** @param requireRoom Refuses too many, before each of them is looked at. */
async function questionsIn(
  request: Request,
  task: AnyTask,
  room: BodyRoom,
  requireRoom: (count: number) => void,
): Promise<Questions> {
  const isFile = task.fromBytes !== undefined
  if (isFile && !isJson(request.headers.get('content-type'))) {
    return { queries: [queryOfBytes(task, await readBody(request, room))], isFile, options: {} }
  }
  const body = await readJson(request, room)
  const { data, error } = asked.safeParse(body)
  if (!data || data.inputs === undefined) {
    const isTop = error?.issues.some(({ path }) => path[0] === 'parameters')
    if (isTop)
      throw new OptionError('field "parameters"', 'top_k to be a whole number from 1 on', shown(body), 'Correct it.')
    throw new InputError('body of the request', 'a field "inputs"', shown(body), 'Send: {"inputs": ...}')
  }
  const { top_k: top, ...options } = data.parameters
  // A list is one input where a row of numbers is asked about.
  const isOne = !Array.isArray(data.inputs) || task.query.safeParse(data.inputs).success
  const inputs = isOne ? [data.inputs] : (data.inputs as unknown[])
  requireRoom(inputs.length)
  const queries = inputs.map((input) => (typeof input === 'string' ? queryOfText(task, input) : queryOf(task, input)))
  return { queries, isFile: isFile && isOne, options, top }
}
