import type { Environment } from '../environment.js'

/** A program that uses each domain, as its types say that it is used. */
const program = `
import { dataset, fineTune, loadModel, universalSentenceEncoder, type Prediction } from '@headstart/nlp'
import { decodeModel } from '@headstart/onnx/kit'
import { Session } from '@headstart/onnx'
import { mobileNetV2, readImageDataset } from '@headstart/vision'
import { loadRecommender, readShop, trainRecommender, type RecommendedItem } from '@headstart/recommender'

export async function texts(): Promise<string[]> {
  const messages = dataset([{ input: 'Where is it?', label: 'delivery' }, { input: 'Twice!', label: 'payment' }])
  const model = await fineTune(await universalSentenceEncoder(), messages)
  await model.save('model')
  const again = await loadModel('model')
  const answers: readonly Prediction<string>[] = await again.predict(['My package never arrived.'])
  // @ts-expect-error pictures are no texts
  await model.predict([new Uint8Array(1)])
  return answers.map((answer) => JSON.stringify(answer))
}

export async function pictures(): Promise<number> {
  const model = await fineTune(await mobileNetV2({ size: 96 }), await readImageDataset('photos'))
  return (await model.predict([new Uint8Array(1)])).length
}

export async function shop(): Promise<readonly RecommendedItem[]> {
  const model = await trainRecommender(await readShop('shop'))
  await model.save('shop-model')
  return (await loadRecommender('shop-model')).recommend(['tea'], { k: 3 })
}

export async function graph(bytes: Uint8Array): Promise<number> {
  return (await Session.create(decodeModel(bytes, 'a.onnx'))).outputs.length
}
`

/** The ways in which TypeScript finds types, with the library's own types checked as well. */
const settings = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

export const typescript: readonly Environment[] = Object.entries(settings).map(([name, compilerOptions]) => ({
  name: `TypeScript, ${name}`,
  tools: ['typescript@^7.0.2', '@types/node@^20.19.0'],
  async run(project) {
    const options = { ...compilerOptions, target: 'es2023', strict: true, noEmit: true, types: ['node'] }
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['main.mts'] }))
    await project.write('main.mts', program)
    await project.tool('typescript/bin/tsc')
    return await project.nameOf('typescript')
  },
}))
