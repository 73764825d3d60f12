import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { random } from '@headstart/core/kit'
import { float32, type Graph, GraphBuilder, type Node, type Tensor, tensor, type Value } from '@headstart/onnx'
import { encodeModel, float } from '@headstart/onnx/kit'

/** Files of a model by name, in the layout of the Hugging Face Hub. */
export type PublishedFiles = Record<string, object | Uint8Array>

/** Writes files of a model. */
export async function publish(folder: string, files: PublishedFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content))
  }
}

const normalized = { do_rescale: true, rescale_factor: 1 / 255, do_normalize: true }

/** A ViT (Dosovitskiy et al. 2021) for 24 x 24 pixels in patches of 8, as PyTorch exports it. */
export function vitFiles(): PublishedFiles {
  return {
    'config.json': { model_type: 'vit', architectures: ['ViTModel'], hidden_size: vit.hidden },
    'preprocessor_config.json': {
      ...normalized,
      image_processor_type: 'ViTImageProcessor',
      do_resize: true,
      size: { height: 24, width: 24 },
      resample: 2,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    },
    'onnx/model.onnx': encodeModel(vitGraph()),
  }
}

/** The ViT in the number format q8 alone: products of 8-bit numbers, as onnxruntime quantizes them dynamically. */
export function quantizedVitFiles(): PublishedFiles {
  const { 'onnx/model.onnx': _, ...settings } = vitFiles()
  return { ...settings, 'onnx/model_quantized.onnx': encodeModel(quantized(vitGraph())) }
}

function quantized(graph: Graph): Graph {
  const weights = new Map(graph.initializers)
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const [x = '', name = ''] = node.inputs
    const matrix = graph.initializers.get(name)
    if (node.opType !== 'MatMul' || !matrix) return [node]
    const values = matrix.data as Float32Array
    const scale = Math.max(...values.map(Math.abs)) / 127
    weights.delete(name)
    weights.set(
      `${name}_quantized`,
      tensor(
        'int8',
        matrix.dims,
        Int8Array.from(values, (value) => Math.round(value / scale)),
      ),
    )
    weights.set(`${name}_scale`, float32([], [scale]))
    const part = (
      opType: string,
      inputs: readonly string[],
      outputs: readonly string[],
      attributes: Node['attributes'] = {},
    ): Node => {
      return {
        name: outputs[0] === node.outputs[0] ? node.name : `${node.name}/${opType}`,
        opType,
        domain: '',
        inputs,
        outputs,
        attributes,
      }
    }
    const own = (what: string): string => `${node.name}/${what}`
    return [
      part('DynamicQuantizeLinear', [x], [own('quantized'), own('scale'), own('zero_point')]),
      part('MatMulInteger', [own('quantized'), `${name}_quantized`, own('zero_point')], [own('sums')]),
      part('Cast', [own('sums')], [own('floats')], { to: { kind: 'int', value: 1 } }),
      { ...part('Mul', [own('scale'), `${name}_scale`], [own('scales')]), name: own('scales') },
      part('Mul', [own('floats'), own('scales')], node.outputs),
    ]
  })
  return graph.with({ nodes, initializers: weights })
}

/** A MobileNetV2 (Sandler et al. 2018) for 32 x 32 pixels, cut from the middle of 40 x 40. */
export function mobileNetFiles(output: 'features' | 'logits' = 'features'): PublishedFiles {
  return {
    'config.json': {
      model_type: 'mobilenet_v2',
      architectures: [output === 'logits' ? 'MobileNetV2ForImageClassification' : 'MobileNetV2Model'],
    },
    'preprocessor_config.json': {
      ...normalized,
      image_processor_type: 'MobileNetV2ImageProcessor',
      do_resize: true,
      size: { shortest_edge: 40 },
      resample: 2,
      do_center_crop: true,
      crop_size: { height: 32, width: 32 },
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    },
    'onnx/model.onnx': encodeModel(mobileNetGraph(output)),
  }
}

/**
 * A CLIP (Radford et al. 2021) in two files, with their projections.
 * @param vocabulary Tokens that its side of texts knows; its tokenizer is the caller's.
 */
export function clipFiles(vocabulary = 100): PublishedFiles {
  return {
    'config.json': {
      model_type: 'clip',
      architectures: ['CLIPModel'],
      projection_dim: vit.projection,
      vision_config: { model_type: 'clip_vision_model' },
    },
    'preprocessor_config.json': {
      ...normalized,
      feature_extractor_type: 'CLIPFeatureExtractor',
      do_resize: true,
      size: 24,
      resample: 3,
      do_center_crop: true,
      crop_size: 24,
      image_mean: [0.48, 0.45, 0.4],
      image_std: [0.26, 0.26, 0.27],
    },
    'onnx/vision_model.onnx': encodeModel(vitGraph({ projection: true })),
    'onnx/text_model.onnx': encodeModel(textGraph(vocabulary)),
  }
}

const vit = { hidden: 16, heads: 2, layers: 2, patch: 8, tokens: 10, projection: 12 }

/** Weights that nobody trained, the same for the same seed. */
function weightsOf(seed: number): (dims: readonly number[], scale?: number) => Tensor {
  const { normal } = random(seed)
  return (dims, scale = 0.3) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * normal()),
    )
}

function vitGraph({ projection = false } = {}): Graph {
  const drawn = weightsOf(5)
  const { hidden, heads, layers, patch, tokens } = vit
  const g = new GraphBuilder('main_graph', { opsets: { '': 14 } })
  const pixels = g.input('pixel_values', 'float32', ['batch_size', 'num_channels', 'height', 'width'])
  const dense = (x: Value, name: string, inputs: number, outputs: number): Value =>
    g.op('Add', [
      g.op('MatMul', [x, g.weight(`${name}.weight`, drawn([inputs, outputs]))]),
      g.weight(`${name}.bias`, drawn([outputs])),
    ])
  const norm = (x: Value, name: string): Value => {
    const mean = (of: Value): Value => g.op('ReduceMean', [of], { axes: [-1] })
    const centered = g.op('Sub', [x, mean(x)])
    const deviation = g.op('Sqrt', [g.op('Add', [mean(g.op('Pow', [centered, g.scalar(2)])), g.scalar(1e-12)])])
    const scaled = g.op('Mul', [g.op('Div', [centered, deviation]), g.weight(`${name}.weight`, drawn([hidden], 1))])
    return g.op('Add', [scaled, g.weight(`${name}.bias`, drawn([hidden]))])
  }
  const batch = g.op('Slice', [g.op('Shape', [pixels]), g.ints([0]), g.ints([1])])
  let x = g.scope('embeddings', () => {
    const map = g.op('Conv', [pixels, g.weight('projection.weight', drawn([hidden, 3, patch, patch], 0.1))], {
      kernel_shape: [patch, patch],
      strides: [patch, patch],
    })
    const grid = g.op('Concat', [g.op('Slice', [g.op('Shape', [map]), g.ints([0]), g.ints([2])]), g.ints([-1])], {
      axis: 0,
    })
    const patches = g.op('Transpose', [g.op('Reshape', [map, grid])], { perm: [0, 2, 1] })
    const first = g.op('Expand', [
      g.weight('cls_token', drawn([1, 1, hidden])),
      g.op('Concat', [batch, g.ints([1, 1])], { axis: 0 }),
    ])
    return g.op('Add', [
      g.op('Concat', [first, patches], { axis: 1 }),
      g.weight('position_embeddings', drawn([1, tokens, hidden])),
    ])
  })
  for (let layer = 0; layer < layers; layer++) {
    x = g.scope(`encoder/layer.${layer}`, () => {
      const before = norm(x, 'layernorm_before')
      const split = (name: string, perm: readonly number[]): Value =>
        g.op(
          'Transpose',
          [g.op('Reshape', [dense(before, name, hidden, hidden), g.ints([0, 0, heads, hidden / heads])])],
          { perm },
        )
      const [q, k, v] = [split('query', [0, 2, 1, 3]), split('key', [0, 2, 3, 1]), split('value', [0, 2, 1, 3])]
      const scores = g.op('Div', [g.op('MatMul', [q, k]), g.scalar(Math.sqrt(hidden / heads))])
      const mixed = g.op('Transpose', [g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), v])], {
        perm: [0, 2, 1, 3],
      })
      const attended = g.op('Add', [
        dense(g.op('Reshape', [mixed, g.ints([0, 0, hidden])]), 'output', hidden, hidden),
        x,
      ])
      const inner = dense(norm(attended, 'layernorm_after'), 'intermediate', hidden, 2 * hidden)
      const erf = g.op('Erf', [g.op('Div', [inner, g.scalar(Math.SQRT2)])])
      const gelu = g.op('Mul', [g.op('Mul', [inner, g.op('Add', [erf, g.scalar(1)])]), g.scalar(0.5)])
      return g.op('Add', [dense(gelu, 'dense', 2 * hidden, hidden), attended])
    })
  }
  const last = norm(x, 'layernorm')
  const first = g.op('Gather', [last, g.ints(0)], { axis: 1 })
  if (projection) {
    const matrix = g.weight('visual_projection', drawn([hidden, vit.projection]))
    g.output('image_embeds', g.op('MatMul', [first, matrix]), 'float32', ['batch_size', vit.projection])
    return g.build()
  }
  g.output('last_hidden_state', last, 'float32', ['batch_size', 'sequence_length', hidden])
  g.output('pooler_output', g.op('Tanh', [dense(first, 'pooler', hidden, hidden)]), 'float32', ['batch_size', hidden])
  return g.build()
}

/** Texts into the space of the pictures: the mean of their tokens' vectors. */
function textGraph(vocabulary: number): Graph {
  const drawn = weightsOf(8)
  const g = new GraphBuilder('main_graph', { opsets: { '': 14 } })
  const ids = g.input('input_ids', 'int64', ['batch_size', 'sequence_length'])
  const vectors = g.op('Gather', [g.weight('token_embedding', drawn([vocabulary, 16])), ids])
  const mean = g.op('ReduceMean', [vectors], { axes: [1], keepdims: 0 })
  g.output('text_embeds', g.op('MatMul', [mean, g.weight('text_projection', drawn([16, vit.projection]))]), 'float32', [
    'batch_size',
    vit.projection,
  ])
  return g.build()
}

function mobileNetGraph(output: 'features' | 'logits'): Graph {
  const drawn = weightsOf(6)
  const g = new GraphBuilder('main_graph', { opsets: { '': 11 } })
  const pixels = g.input('pixel_values', 'float32', ['batch_size', 'num_channels', 'height', 'width'])
  const convolution = (
    x: Value,
    name: string,
    dims: readonly number[],
    { stride = 1, group = 1, clip = true } = {},
  ): Value =>
    g.scope(name, () => {
      const pad = ((dims[2] as number) - 1) / 2
      const [outputs = 0] = dims
      const convolved = g.op('Conv', [x, g.weight('convolution.weight', drawn(dims, 0.4))], {
        kernel_shape: dims.slice(2),
        strides: [stride, stride],
        pads: [pad, pad, pad, pad],
        group,
      })
      const statistics = [
        drawn([outputs], 1),
        drawn([outputs]),
        drawn([outputs], 0.1),
        float32([outputs], new Float32Array(outputs).fill(0.8)),
      ]
      const parts = ['weight', 'bias', 'running_mean', 'running_var'].map((part, index) =>
        g.weight(`normalization.${part}`, statistics[index] as Tensor),
      )
      const normal = g.op('BatchNormalization', [convolved, ...parts], { epsilon: float(1e-3) })
      return clip ? g.op('Clip', [normal, g.scalar(0), g.scalar(6)]) : normal
    })
  let x = convolution(pixels, 'conv_stem', [8, 3, 3, 3], { stride: 2 })
  const blocks = [
    [8, 8, 1],
    [8, 12, 2],
    [12, 12, 1],
  ] as const
  blocks.forEach(([inputs, outputs, stride], block) => {
    x = g.scope(`layer.${block}`, () => {
      const wide = convolution(x, 'expand_1x1', [2 * inputs, inputs, 1, 1])
      const mixed = convolution(wide, 'conv_3x3', [2 * inputs, 1, 3, 3], { stride, group: 2 * inputs })
      const narrow = convolution(mixed, 'reduce_1x1', [outputs, 2 * inputs, 1, 1], { clip: false })
      return inputs === outputs ? g.op('Add', [x, narrow]) : narrow
    })
  })
  const last = convolution(x, 'conv_1x1', [20, 12, 1, 1])
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [last])])
  if (output === 'logits') {
    const [weight, bias] = [g.weight('classifier.weight', drawn([5, 20])), g.weight('classifier.bias', drawn([5]))]
    g.output('logits', g.op('Gemm', [pooled, weight, bias], { transB: 1 }), 'float32', ['batch_size', 5])
    return g.build()
  }
  g.output('last_hidden_state', last, 'float32', ['batch_size', 20, 'height / 8', 'width / 8'])
  g.output('pooler_output', pooled, 'float32', ['batch_size', 20])
  return g.build()
}
