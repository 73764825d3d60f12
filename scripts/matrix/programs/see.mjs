import { dataset, fineTune, loadModel, mobileNetV2 } from '@headstart/vision'

/** Trains on six drawings, saves into a folder, loads from it and asks. @returns what is answered to a drawing of each kind */
export async function see(folder) {
  const backbone = await mobileNetV2({ size: 96 })
  const drawings = dataset(
    [20, 26, 32].flatMap((size) => [
      { input: disc(size), label: 'disc' },
      { input: stripes(size), label: 'stripes' },
    ]),
  )
  const model = await fineTune(backbone, drawings, { cache: false })
  await model.save(folder)
  const again = await loadModel(folder)
  const answers = await again.predict([disc(29), stripes(23)])
  await Promise.all([backbone, model, again].map((one) => one.close()))
  return answers.map(({ label }) => label).join(', ')
}

function disc(size) {
  return drawing(`<circle cx="48" cy="48" r="${size}" fill="crimson"/>`)
}

function stripes(size) {
  const lines = [0, 1, 2, 3].map((row) => `<rect y="${row * size}" width="96" height="${size / 2}" fill="navy"/>`)
  return drawing(lines.join(''))
}

function drawing(shapes) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="white"/>${shapes}</svg>`
  return new TextEncoder().encode(svg)
}
