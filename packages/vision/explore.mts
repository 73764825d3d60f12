import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { importTflite, importTfjs, decodeTfjsModel } from '@headstart/tfjs'
import { encodeModel } from '@headstart/onnx/kit'
const b = readFileSync('/tmp/w/px/node_modules/@mediapipe/objectron/objectron_solution_packed_assets.data').subarray(184)
const g = importTflite(new Uint8Array(b), { inputs: { normalized_input_image_tensor: { dims: ['batch', 'height', 'width', 3] } } })
console.log(g.nodes.length, encodeModel(g).length, g.inputs, g.outputs)
console.log(g.nodes.map(n => n.opType + ' ' + n.outputs[0]).join('\n'))
const r = createRequire('/tmp/w/px/x.js')
const m = './node_modules/nsfwjs/dist/models/mobilenet_v2_mid/'
const json = r(m + 'model.min.js')
const n = json.modelTopology.node
console.log(n.length, n.filter(x=>/13\/expand|15\/expand/.test(x.name)).map(x=>x.op+' '+x.name).join('\n'))
console.log(n.filter(x=>x.op==='Placeholder'), n.slice(-4).map(x=>x.name))
