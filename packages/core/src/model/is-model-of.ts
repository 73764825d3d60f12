import type { JsonObject, Modality } from '../contract/backbone.js'

/** Whether a folder with this `headstart.json` is a `Model` of inputs of that kind. */
export function isModelOf(modality: Modality, { format, backbone }: JsonObject): boolean {
  return format === 'headstart-model' && (Object(backbone) as JsonObject)['modality'] === modality
}
