/** What is measured, and how thoroughly. */
export interface Asked {
  /** With the folders text, chat, images and cat-dog-photos. */
  readonly folder: string
  /** Of data whose name contains one of these. Default: of all. */
  readonly only?: readonly string[] | undefined
  /** Draws of the examples, or inputs that are explained. Default: as many as each part needs. */
  readonly draws?: number | undefined
}

/** Whether data of this name are asked about. */
export function isAsked({ only }: Asked, name: string): boolean {
  return only === undefined || only.some((part) => name.includes(part))
}
