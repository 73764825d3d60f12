import { type Preprocessing, type TunableBackbone } from '@headstart/core'
import { networkBackbone } from '@headstart/core/kit'
import { type Tensor } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'

/** Runs a backbone's network by onnxruntime-node alone, on the batches that `embed` makes of the inputs, prepared before. */
export async function bareLoop<Input>(
  backbone: TunableBackbone<Input>,
  inputs: readonly Input[],
): Promise<() => Promise<void>> {
  const batches: Record<string, ort.Tensor>[] = []
  const preprocessing: Preprocessing<Input> = {
    ...backbone.preprocessing,
    collate(batch) {
      const feeds = backbone.preprocessing.collate(batch)
      batches.push(toOrt(feeds))
      return feeds
    },
  }
  await networkBackbone({ ...backbone, preprocessing }).embed(inputs)
  const session = await ort.InferenceSession.create(encodeModel(backbone.network.graph), {
    intraOpNumThreads: availableParallelism(),
  })
  return async () => {
    for (const batch of batches) await session.run(batch)
  }
}

function toOrt(feeds: Record<string, Tensor>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new ort.Tensor(type as ort.Tensor.Type, data as ort.Tensor.DataType, dims),
    ]),
  )
}
