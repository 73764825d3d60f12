/** An image encoder of the Hugging Face Hub. */
export interface PublishedEncoder {
  readonly id: string
  readonly modality: 'image'
  /** Number of weights of the side of pictures. In float32 each takes 4 bytes. */
  readonly parameters: number
  readonly features: number
  readonly layers: number
  /** As an SPDX identifier. */
  readonly license: string
  /** Whether names of classes can be compared with pictures, by its side of texts. */
  readonly pair: boolean
  /** What it is good for. */
  readonly description: string
}

const base = { modality: 'image', features: 768, layers: 12, pair: false } as const

/** Encoders that are published for Transformers.js, the smallest first. Any other opens by its id as well. */
export const publishedEncoders: readonly PublishedEncoder[] = [
  {
    ...base,
    id: 'Xenova/dinov2-small',
    parameters: 22.1e6,
    features: 384,
    license: 'Apache-2.0',
    description: 'photos of all kinds; learned without labels',
  },
  {
    ...base,
    id: 'Xenova/dinov2-base',
    parameters: 86.6e6,
    license: 'Apache-2.0',
    description: 'photos of all kinds; learned without labels',
  },
  {
    ...base,
    id: 'Xenova/vit-base-patch16-224',
    parameters: 86.6e6,
    license: 'Apache-2.0',
    description: 'photos of things and animals (ImageNet)',
  },
  {
    ...base,
    id: 'Xenova/clip-vit-base-patch32',
    parameters: 87.8e6,
    features: 512,
    pair: true,
    license: 'MIT',
    description: 'pictures of all kinds, drawings too; classes by name',
  },
]
