import { version } from '@headstart/core/kit'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ServedModel } from '../models/served-model.js'
import { verbsOf } from './own.js'
import type { RequestContext, RequestVariables } from './request-context.js'

type Json = Readonly<Record<string, unknown>>

/** `/openapi.json`: what can be asked of each model, from the schemas of its task. */
export function openapiRoutes(context: RequestContext, needsToken: boolean): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>()
  app.get('/openapi.json', ({ json }) => json(openapi([...context.models.values()], needsToken)))
  return app
}

/** The addresses of these models, as OpenAPI 3.1. */
export function openapi(models: readonly ServedModel[], needsToken: boolean): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Headstart', version, description: 'Models that were fine-tuned with Headstart.' },
    // Beside itself, wherever it is mounted.
    servers: [{ url: '.' }],
    ...(needsToken && { security: [{ token: [] }] }),
    paths: Object.assign(
      {
        '/models': { get: get('Which models there are') },
        '/health/live': { get: { ...get('Whether it lives'), security: [] } },
        '/health/ready': { get: { ...get('Whether it wants requests'), security: [] } },
        '/metrics': { get: get('Figures for Prometheus', 'text/plain') },
        '/v2': { get: get('The server, by the Open Inference Protocol') },
      },
      ...models.map(pathsOf),
    ) as Json,
    components: {
      schemas: {
        Problem: problem,
        Explanation: explanation,
        InferRequest: inferRequest,
        InferResponse: inferResponse,
      },
      responses: {
        Problem: { description: 'What was expected, what came, and what to do', content: content(ref('Problem')) },
      },
      ...(needsToken && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }),
    },
  }
}

function pathsOf(model: ServedModel): Json {
  const { task, trained } = model.current
  const query = schemaOf(task.query, 'input')
  const answer = schemaOf(trained.answer, 'output')
  const options = (task.asking ? schemaOf(task.asking, 'input')['properties'] : undefined) as Json | undefined
  const one = object({ input: query, ...options }, ['input'])
  const several = object({ inputs: { type: 'array', items: query }, ...options }, ['inputs'])
  const files = task.fromBytes && { 'application/octet-stream': {}, 'image/*': {} }
  const failed = { error: { type: 'string' } }
  const own = {
    predict: post(
      `Ask ${model.name}`,
      { ...content({ oneOf: [one, several] }), ...files },
      {
        oneOf: [
          answer,
          object({ answers: { type: 'array', items: { anyOf: [answer, object(failed)] } } }, ['answers']),
        ],
      },
    ),
    explain: post(
      `Why ${model.name} answers so`,
      { ...content(object({ input: query, label: { type: 'string' } }, ['input'])), ...files },
      ref('Explanation'),
    ),
  }
  const scored = {
    type: 'array',
    items: object({ label: { type: 'string' }, score: { type: 'number' } }, ['label', 'score']),
  }
  // Of what has no labels it is an object such as { "translation_text": ... }.
  const said = trained.scores ? scored : { type: 'object', additionalProperties: { type: 'string' } }
  const hugging = object({ inputs: {}, parameters: object({ top_k: { type: 'integer', minimum: 1 }, ...options }) }, [
    'inputs',
  ])
  const at = `/models/${model.name}`
  return {
    [at]: {
      get: get(`What ${model.name} is`),
      post: post(
        `Ask ${model.name}, as the inference API of Hugging Face`,
        { ...content(hugging), ...files },
        task.fromBytes ? { oneOf: [said, { type: 'array', items: said }] } : { type: 'array', items: said },
      ),
    },
    ...Object.fromEntries(
      verbsOf(model).map((verb) => [`${at}/${verb}`, { post: verb === 'explain' ? own.explain : own.predict }]),
    ),
    [`/v2${at}`]: { get: get(`What ${model.name} takes and gives, by the Open Inference Protocol`) },
    [`/v2${at}/ready`]: { get: get(`Whether ${model.name} wants requests`) },
    [`/v2${at}/infer`]: {
      post: post(
        `Ask ${model.name}, by the Open Inference Protocol`,
        content(ref('InferRequest')),
        ref('InferResponse'),
      ),
    },
  }
}

const problem = object(
  {
    error: { type: 'string', description: 'who, what was expected, what came, what to do' },
    who: { type: 'string' },
    expected: { type: 'string' },
    got: { type: 'string' },
    remedy: { type: 'string' },
  },
  ['error'],
)

const inferRequest = object(
  {
    id: { type: 'string' },
    parameters: { type: 'object' },
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: object(
        {
          name: { type: 'string' },
          shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
          datatype: { type: 'string' },
          data: { type: 'array' },
        },
        ['name', 'shape', 'datatype', 'data'],
      ),
    },
    outputs: { type: 'array', items: object({ name: { type: 'string' } }, ['name']) },
  },
  ['inputs'],
)

const inferResponse = object(
  {
    model_name: { type: 'string' },
    model_version: { type: 'string' },
    id: { type: 'string' },
    outputs: {
      type: 'array',
      items: object(
        {
          name: { type: 'string', enum: ['answer', 'labels', 'scores'] },
          shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
          datatype: { type: 'string', enum: ['BYTES', 'FP64'] },
          data: { type: 'array' },
        },
        ['name', 'shape', 'datatype', 'data'],
      ),
    },
  },
  ['model_name', 'model_version', 'outputs'],
)

/** Of any model; what a part is depends on its input. */
const explanation = object(
  {
    label: { type: ['string', 'number'], description: 'the answer that is explained' },
    method: { type: 'string', description: 'how the weights were found' },
    parts: {
      type: 'array',
      description: 'parts of the input, and what each says for the answer',
      items: object({ weight: { type: 'number' } }, ['weight']),
    },
    examples: { type: 'array', description: 'training examples that the answer is like, or hangs on' },
    faithfulness: { type: ['object', 'null'], description: 'how well the weights tell what the answer hangs on' },
    notes: { type: 'array', items: { type: 'string' } },
  },
  ['label', 'parts'],
)

function get(summary: string, type = 'application/json'): Json {
  return { summary, responses: { 200: { description: 'It is so', content: { [type]: {} } } } }
}

function post(summary: string, body: Json, answer: Json): Json {
  const refused = { $ref: '#/components/responses/Problem' }
  return {
    summary,
    requestBody: { required: true, content: body },
    responses: {
      200: { description: 'The answer', content: content(answer) },
      ...Object.fromEntries([400, 401, 404, 413, 415, 422, 429, 504].map((status) => [status, refused])),
    },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

function object(properties: Json, required: readonly string[] = []): Json {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

function content(schema: Json): Json {
  return { 'application/json': { schema } }
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}
