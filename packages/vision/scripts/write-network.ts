import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Graph } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { writeAssets } from '../../../scripts/write-assets.js'

/** Writes a network and its notice into a folder of assets. The same network gives the same bytes. */
export async function writeNetwork(
  folder: string,
  graph: Graph,
  facts: Iterable<[string, string]>,
  notice: string,
): Promise<void> {
  const metadata = new Map([
    ...graph.metadata,
    ...facts,
    // So that the weights need not be hashed whenever the network is loaded.
    ['headstart.fingerprint', createHash('sha256').update(encodeModel(graph)).digest('hex')] as const,
  ])
  await writeAssets(fileURLToPath(new URL(`../assets/${folder}`, import.meta.url)), {
    'model.onnx': encodeModel(graph.with({ metadata })),
    NOTICE: notice,
  })
}
