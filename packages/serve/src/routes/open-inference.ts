import { type AnyTask, InputError } from '@headstart/core'
import { version, parseJsonText } from '@headstart/core/kit'
import { Hono } from 'hono'
import { z } from 'zod'
import type { BodyRoom } from '../http/body-room.js'
import { RequestError } from '../http/request-error.js'
import { parsedJson, readBody, readJson } from '../http/read-body.js'
import type { AnyTrained } from '../models/model-source.js'
import { askingOf, queryOf, queryOfBytes, queryOfText, shown } from '../models/queries.js'
import type { ServedModel } from '../models/served-model.js'
import { type InputTensor, inputTensor, type OutputTensor, tensorItems, withBinaryData } from './tensors.js'
import type { RequestContext, RequestVariables } from './request-context.js'

const asked = z.object({
  id: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(inputTensor).length(1, { error: 'expected one tensor' }),
  outputs: z.array(z.object({ name: z.string() })).optional(),
})

/** Where a client says how much of its body is JSON; what follows are bytes of tensors. */
const jsonLength = 'inference-header-content-length'

/**
 * The Open Inference Protocol (KServe V2), REST: https://github.com/kserve/open-inference-protocol, with the extension of
 * Triton for binary data of inputs. A model takes one tensor of inputs and gives `answer`, each answer as JSON, and of such with
 * scores `labels` and `scores`, best first.
 */
export function openInferenceRoutes(context: RequestContext): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>()
  app.get('/v2', ({ json }) => json({ name: 'headstart', version, extensions: ['binary_tensor_data'] }))
  app.get('/v2/health/live', ({ json }) => json({ live: true }))
  app.get('/v2/health/ready', ({ json }) => json({ ready: context.isReady() }, context.isReady() ? 200 : 503))
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version'] as const) {
    const modelIn = (name: string, wanted: string | undefined): ServedModel => {
      const model = context.modelOf(name)
      const is = String(model.current.generation)
      if (wanted === undefined || wanted === is) return model
      throw new RequestError(404, `model "${name}"`, `its version ${is}`, `"${wanted}"`)
    }
    app.get(path, ({ req, json }) => json(metadataOf(modelIn(req.param('name'), versionIn(req.param())))))
    app.get(`${path}/ready`, ({ req, json }) => {
      const { name } = modelIn(req.param('name'), versionIn(req.param()))
      return json({ name, ready: context.isReady() }, context.isReady() ? 200 : 503)
    })
    app.post(`${path}/infer`, ({ req, json, var: { signal, body } }) => {
      const model = modelIn(req.param('name'), versionIn(req.param()))
      model.requireRoom()
      return model.using(async ({ task, trained, generation, ask }) => {
        const { id, inputs, outputs, parameters } = await readAsked(req.raw, body)
        const [tensor] = inputs as [InputTensor]
        const items = tensorItems(tensor)
        model.requireRoom(items.length)
        const queries = items.map((item) => queryOfItem(task, item))
        const known = Object.entries(parameters).filter(([name]) => name in (task.asking?.shape ?? {}))
        const answers = await ask(queries, askingOf(task, Object.fromEntries(known)), signal)
        const place = answers.findIndex((answer) => answer instanceof InputError)
        if (place >= 0) throw numbered(answers[place] as InputError, place, answers.length)
        const wanted = outputs?.map(({ name }) => name)
        return json({
          model_name: model.name,
          model_version: String(generation),
          ...(id !== undefined && { id }),
          outputs: chosen(outputsOf(trained, answers), wanted),
        })
      })
    })
  }
  return app
}

function versionIn(params: object): string | undefined {
  return (params as { readonly version?: string }).version
}

/** What a model takes and gives. */
function metadataOf({ name, current: { task, trained, generation } }: ServedModel): object {
  return {
    name,
    versions: [String(generation)],
    platform: `headstart_${task.name}`,
    inputs: [{ name: 'input', datatype: 'BYTES', shape: [-1] }],
    outputs: [
      { name: 'answer', datatype: 'BYTES', shape: [-1] },
      ...(trained.scores
        ? [
            { name: 'labels', datatype: 'BYTES', shape: [-1, -1] },
            { name: 'scores', datatype: 'FP64', shape: [-1, -1] },
          ]
        : []),
    ],
  }
}

async function readAsked(request: Request, room: BodyRoom): Promise<z.output<typeof asked>> {
  const length = request.headers.get(jsonLength)
  const body = await (length === null ? readJson(request, room) : readWithBinary(request, room, Number(length)))
  const { data, error } = asked.safeParse(body)
  if (data) return data
  const [issue] = error.issues
  const expected = `"inputs" with one tensor: name, shape, datatype, data (${issue?.path.join('.')}: ${issue?.message})`
  throw new InputError('body of the request', expected, shown(body), 'See the Open Inference Protocol.')
}

async function readWithBinary(request: Request, room: BodyRoom, length: number): Promise<unknown> {
  const bytes = await readBody(request, room)
  return withBinaryData(parsedJson(bytes.subarray(0, length)), bytes.subarray(length))
}

/** Each row of a tensor is a query: a text, JSON as a text, the base64 or the bytes of a file, numbers. */
function queryOfItem(task: AnyTask, item: unknown): unknown {
  if (item instanceof Uint8Array) {
    return task.fromBytes ? queryOfBytes(task, item) : queryOfWord(task, new TextDecoder().decode(item))
  }
  return typeof item === 'string' ? queryOfWord(task, item) : queryOf(task, item)
}

/** A text is itself where texts are asked, and else JSON. */
function queryOfWord(task: AnyTask, text: string): unknown {
  const query = queryOfText(task, text)
  if (!(query instanceof InputError) || task.fromBytes) return query
  try {
    return queryOf(task, parseJsonText(text))
  } catch {
    return query
  }
}

/** Answers as tensors; where lists differ in length they are filled with '' and 0. */
function outputsOf(trained: AnyTrained, answers: readonly unknown[]): OutputTensor[] {
  const said = answers.map((answer) => JSON.stringify(answer))
  const answer = { name: 'answer', datatype: 'BYTES', shape: [said.length], data: said } as const
  if (!trained.scores) return [answer]
  const lists = answers.map((one) => trained.scores?.(one) ?? [])
  const width = Math.max(0, ...lists.map(({ length }) => length))
  const shape = [lists.length, width]
  const filled = lists.flatMap((list) => Array.from({ length: width }, (_, at) => list[at] ?? { label: '', score: 0 }))
  return [
    answer,
    { name: 'labels', datatype: 'BYTES', shape, data: filled.map(({ label }) => label) },
    { name: 'scores', datatype: 'FP64', shape, data: filled.map(({ score }) => score) },
  ]
}

/** @throws InputError for an output that the model does not give. */
function chosen(outputs: readonly OutputTensor[], names: readonly string[] | undefined): readonly OutputTensor[] {
  return (
    names?.map((wanted) => {
      const output = outputs.find(({ name }) => name === wanted)
      if (output) return output
      const expected = outputs.map(({ name }) => name).join(', ')
      throw new InputError('field "outputs"', expected, `"${wanted}"`, 'Ask for these, or for none to get all.')
    }) ?? outputs
  )
}

function numbered(error: InputError, place: number, count: number): InputError {
  const { who, expected, got, remedy } = error
  return count === 1
    ? error
    : new InputError(`${who} ${place + 1} of ${count}`, expected, got, remedy, { cause: error })
}
