/** What is read of a package.json, whoever wrote it: any field can be missing or of another kind. */
export interface PackageJson {
  readonly name?: unknown
  readonly version?: unknown
  readonly description?: unknown
  readonly keywords?: unknown
  readonly dependencies?: unknown
  readonly devDependencies?: unknown
  readonly peerDependencies?: unknown
}

/**
 * The published packages that a package depends on and is developed with, each once, in the order of the file. Packages
 * of its own folder or repository have no published name to go by, and are left out; so is the package itself.
 */
export function dependenciesOf({ name, dependencies, devDependencies, peerDependencies }: PackageJson): string[] {
  const names = [dependencies, devDependencies, peerDependencies].flatMap((group) =>
    typeof group === 'object' && group !== null && !Array.isArray(group)
      ? Object.entries(group).flatMap(([key, range]) => publishedName(key, range))
      : [],
  )
  return [...new Set(names)].filter((other) => other !== name)
}

/** `"lodash": "npm:lodash-es@4"` installs lodash-es; `link:`, `file:` and the like install what lies on a disk. */
function publishedName(key: string, range: unknown): string[] {
  if (typeof range !== 'string') return []
  if (/^(workspace|link|file|portal):/.test(range)) return []
  return [/^npm:(@?[^@]+)/.exec(range)?.[1] ?? key]
}
