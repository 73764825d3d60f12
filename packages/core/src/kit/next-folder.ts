/**
 * Where the new files of a folder lie for a moment while it is replaced. A file that is not as the folder's last one says is
 * looked for here (`readModelFolder`): it is on its way.
 */
export const nextFolder = '.next'
