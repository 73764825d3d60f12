import type { Dimension } from '@headstart/onnx'
import { type Images, imagesOf, operandOf } from '../images.js'
import type { Importer, Operation } from '../operation.js'

/** Images in another size. Which pixel of the source belongs to one of the result, TensorFlow has in three spellings. */
const resize =
  (attributesOf: (coordinates: string) => Readonly<Record<string, string>>): Importer =>
  (operation) => {
    const { write } = operation
    const images = imagesOf(operation, operation.input(0))
    const coordinates = operation.flag('align_corners')
      ? 'align_corners'
      : operation.flag('half_pixel_centers')
        ? 'half_pixel'
        : 'asymmetric'
    const unchanged = write.shape({ ...operation.input(0), value: images.value }, 0, 2)
    const target = write.op('Concat', [unchanged, write.int64(operation.input(1))], { axis: 0 })
    const value = write.op('Resize', [images.value, '', '', target], {
      coordinate_transformation_mode: coordinates,
      ...attributesOf(coordinates),
    })
    return operandOf(operation, { ...images, value, sizes: sizesOf(operation) })
  }

function sizesOf(operation: Operation): Images['sizes'] {
  const [height = '', width = ''] = operation.input(1).elements ?? ([] as readonly Dimension[])
  return [height, width]
}

export const resizeOperators: Readonly<Record<string, Importer>> = {
  ResizeBilinear: resize(() => ({ mode: 'linear' })),
  // Half pixels: TensorFlow takes floor((y + 0.5) * scale), which is (y + 0.5) * scale - 0.5 rounded to the nearest, up.
  ResizeNearestNeighbor: resize((coordinates) => ({
    mode: 'nearest',
    nearest_mode: coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
  })),
}
