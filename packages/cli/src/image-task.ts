import type { Target, TunableBackbone } from '@headstart/core'
import type { TaskEntry } from './task.js'

// Imported when it is needed: who classifies texts does not wait for it.
const vision = () => import('@headstart/vision')

/** `--task image` */
export const imageTask: TaskEntry = {
  modality: 'image',
  exampleInput: 'some.jpg',
  backbones: [
    {
      id: 'mobilenet-v2-coco',
      features: 2112,
      stages: 19,
      license: 'Apache-2.0',
      description: 'photos and drawings of things and animals; built in',
      load: async () => (await vision()).mobileNetV2() as Promise<TunableBackbone<string>>,
    },
  ],
  readDataset: async (path, kind, { labelColumn, pathColumn, format }, { onEvent, signal }) =>
    (await vision()).readImageDataset(path, {
      labelColumn,
      pathColumn,
      format,
      task: kind,
      signal,
      onNotice: (message) => onEvent?.({ type: 'notice', message }),
    }),
  loadModel: async (folder) => (await vision()).loadModel<Target>(folder),
  methods: async (backbone, tuning) => (await vision()).imageMethods(backbone, tuning),
}
