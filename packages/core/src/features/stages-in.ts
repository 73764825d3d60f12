import { parseJsonText } from '../kit/parse-json.js'
import type { Graph } from '@headstart/onnx'
import { z } from 'zod'
import type { Stage } from '../contract/backbone.js'

const stagesSchema = z.array(z.object({ name: z.string(), output: z.string() }))

/** The stages that a graph's own metadata name, as networks that are built in have them. */
export function stagesIn(graph: Graph): Stage[] {
  return stagesSchema.parse(parseJsonText(graph.metadata.get('headstart.stages') ?? '[]'))
}
