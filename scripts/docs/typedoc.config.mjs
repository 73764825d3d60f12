/**
 * The reference of every public door, made from the doc comments: `npm run docs`. A package is in it as soon as it has
 * `exports`. TypeDoc reads the sources with a TypeScript of its own: it does not take the native one, which builds them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Converter, OptionDefaults, ReflectionKind } from 'typedoc'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Every door: what it is imported by, and its source. */
const folders = readdirSync(join(root, 'packages')).map((folder) => join('packages', folder))
const doors = [...folders, 'apps/studio'].flatMap((folder) => {
  const home = join(root, folder)
  const { name, exports = {} } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const sourceOf = ({ types }) => join(home, types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts'))
  const typed = Object.entries(exports).filter(([, target]) => target.types)
  return typed.map(([door, target]) => ({ name: join(name, door), source: sourceOf(target) }))
})

/** Priority of what is to be done before `@param` finds its parameter. */
const beforeComments = 1000

/** Modules are called what they are imported by, and parameters that are taken apart at once what their type is. */
function named(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      for (const module of project.children ?? []) {
        const path = project.files.getReflectionPath(module)
        module.name = doors.find(({ source }) => source === path).name
      }
      for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
        if (parameter.name !== '__namedParameters') continue
        const [word] = /[A-Z][a-z]*$/.exec(parameter.type?.name ?? 'Options') ?? ['Options']
        parameter.name = word.toLowerCase()
      }
    },
    beforeComments,
  )
}

export default {
  name: 'Headstart',
  entryPoints: doors.map(({ source }) => source),
  tsconfig: join(root, 'scripts/docs/tsconfig.json'),
  // From package to package by the sources, so that what one exports again is one thing.
  compilerOptions: { paths: Object.fromEntries(doors.map(({ name, source }) => [name, [source]])) },
  skipErrorChecking: true, // that is `typecheck`
  plugin: ['typedoc-plugin-markdown', named],
  out: join(root, 'docs/api'),
  router: 'module',
  excludeScopesInPaths: true,
  hidePageHeader: true,
  useHTMLAnchors: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
  readme: 'none',
  disableSources: true,
  blockTags: [...OptionDefaults.blockTags, '@generated'],
  excludePrivate: true,
  excludeExternals: true,
  hideGenerator: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: { invalidLink: true, notExported: false, notDocumented: false },
}
