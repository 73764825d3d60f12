/** It cannot be tried here: that is neither passed nor failed. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}
