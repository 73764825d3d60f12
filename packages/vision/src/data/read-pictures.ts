import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Asked } from '@headstart/core'
import { isTable, readInputs, type ReadInputsOptions } from '@headstart/core/kit'
import { findPictures } from './find-pictures.js'
import { pathIn, pictureAt, type ReadImageDatasetOptions } from './read-image-dataset.js'

/** Whether this is the path of a folder, or of a table of paths. */
export async function holdsPictures(path: string): Promise<boolean> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isFolder || isTable(path)
}

/**
 * The paths of pictures that nobody has labeled: all in a folder, however deep they lie, sorted; or those of a table, with all its
 * columns.
 * @throws FileError when the folder or the table cannot be read; DataError for what is no table of paths.
 */
export async function* readPictures(
  path: string,
  options: ReadInputsOptions & Pick<ReadImageDatasetOptions, 'pathColumn'> = {},
): AsyncGenerator<Asked<string>> {
  if (
    !(await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ))
  ) {
    for await (const { query, columns } of readInputs(path, pathIn(options.pathColumn), options)) {
      yield { query: typeof query === 'string' ? await pictureAt(dirname(path), query) : query, columns }
    }
    return
  }
  const { pictures, unlabeled } = await findPictures(path, options.signal)
  const paths = [...unlabeled, ...pictures.map((picture) => picture.path)]
  for (const picture of paths) yield { query: picture, columns: { path: picture } }
}
