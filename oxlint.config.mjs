/** The rooms of the house and who may import whom. Each arrow runs one way and says why. */

/** Packages that know a kind of input. */
const domains = ['nlp', 'vision', 'recommender', 'translation']

/** What each package must not import, and why. */
const arrows = {
  runtime: [
    forbidden(
      ['onnx', 'core', 'hub', 'tfjs', ...domains],
      'runtime loads ONNX Runtime, and knows nothing of what it runs.',
    ),
  ],
  onnx: [
    forbidden(
      ['core', 'hub', 'tfjs', ...domains],
      'onnx knows graphs and nothing of data sets: arrows run apps, cli -> domains -> hub -> core -> onnx -> runtime.',
    ),
  ],
  core: [
    forbidden(
      ['hub', 'tfjs', ...domains],
      'core is the contract that domain packages fulfill; it imports none of them.',
    ),
    runtime(),
  ],
  hub: [
    forbidden(
      ['tfjs', ...domains],
      'hub brings published files of any kind of network: it knows core and onnx, and no domain.',
    ),
    runtime(),
  ],
  tfjs: [forbidden(domains, 'tfjs brings in networks of any kind: it knows core and onnx, and no domain.'), runtime()],
  nlp: [stranger('nlp'), runtime()],
  vision: [stranger('vision'), runtime()],
  recommender: [stranger('recommender'), runtime()],
  translation: [stranger('translation'), runtime()],
  serve: [
    forbidden(
      ['onnx', 'hub', 'tfjs', ...domains],
      'serve knows Task and Trained alone: what it serves and how tasks are found is handed in.',
    ),
  ],
  queue: [
    forbidden(
      ['hub', 'tfjs', ...domains],
      'queue does the work of any task: it knows core alone, and no kind of input.',
    ),
    runtime(),
  ],
  web: [forbidden(['hub', 'tfjs'], 'web loads what is saved, in a browser: it knows the domains, core and onnx.')],
}

/** Folders of each package's `src`, bottom to top: a folder imports those that stand before it. */
const floors = {
  onnx: ['files', 'graph', 'runtime', 'operators', 'precision', 'stages', 'gradient', 'training'],
  core: [
    'contract',
    'kit',
    'data',
    'features',
    'evaluate',
    'head',
    'trust',
    'explain',
    'model',
    'fine-tune',
    'check',
    'compare',
    'bench',
    'task',
  ],
  recommender: ['math', 'shop', 'contract', 'scorers', 'evaluate', 'network', 'methods', 'model', 'learners', 'bench'],
  translation: ['files', 'generation', 'placeholders', 'data', 'evaluate', 'tuning', 'model', 'learners', 'bench'],
  nlp: ['checks', 'explain', 'preprocessing', 'knowledge', 'backbone', 'data', 'chat'],
  queue: ['contract', 'sources', 'folder', 'plan', 'results', 'run', 'redis', 'served'],
  serve: ['http', 'models', 'routes'],
  vision: ['explain', 'preprocessing', 'backbone', 'data'],
}

/** The same of an app that is published. */
const studio = ['api', 'project', 'jobs', 'server']
const page = ['view', 'parts', 'state', 'steps']

const noGraphs = {
  group: ['@headstart/onnx*', '@headstart/runtime*', 'onnxruntime-*'],
  message: 'The command line and the apps work with domain packages and core; what they need of graphs belongs there.',
}
const pageAlone = {
  regex: '^(@headstart/|(\\.\\./)+(project|jobs|server)/)',
  message: 'The page knows what the server says alone: src/api.',
}
const noKinds = {
  group: domains.map((name) => `@headstart/${name}*`),
  message: 'The studio is handed its tasks, and knows nothing of texts, pictures or shops.',
}

/** What one folder takes more than its package: TensorFlow.js only where it is built with, tested against or run on request. */
const extras = {
  'packages/tfjs/src': {
    group: ['@tensorflow/*'],
    allowTypeImports: true,
    message: 'TensorFlow.js is an optional peer: take its types, and load it with import() where it is needed.',
  },
  'packages/web/src': {
    regex: '^@headstart/(core|nlp|vision|recommender)(/kit|/test)?$',
    message: 'Browsers have nothing of Node: take the door for loading, such as @headstart/nlp/load.',
  },
  'packages/nlp/src': {
    group: ['@headstart/tfjs', '@tensorflow/*', '@tensorflow-models/*', '@energetic-ai/*'],
    message: 'TensorFlow.js is needed to build and to test, not to run: take it in scripts/ and test/.',
  },
}

export default {
  plugins: ['typescript', 'import', 'unicorn', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['**/dist', '**/assets', '**/src/graph/proto'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-underscore-dangle': 'off',
    'no-shadow': 'off',
    'import/no-unassigned-import': 'off',
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'checkGradient'] }],
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/no-conditional-expect': 'off',
    'vitest/no-standalone-expect': 'off',
  },
  overrides: [
    { files: ['**/*.config.ts', '**/*.config.mjs', '**/*.d.ts'], rules: { 'import/no-default-export': 'off' } },
    ...Object.entries(arrows).flatMap(([name, patterns]) => {
      const src = `packages/${name}/src`
      const inside = [...patterns, ...(extras[src] ? [extras[src]] : [])]
      return [
        restricted(`packages/${name}/**`, patterns),
        restricted(`${src}/**`, inside),
        ...(floors[name] ?? []).map((floor, place, all) =>
          restricted(`${src}/${floor}/**`, [...inside, upward(floor, all.slice(place + 1))].filter(Boolean)),
        ),
      ]
    }),
    // The door by which Node writes a page.
    restricted('packages/web/src/page.ts', arrows.web),
    restricted('{packages/cli,apps/*}/src/**', [noGraphs]),
    restricted('apps/studio/src/**', [noGraphs, noKinds]),
    ...studio.map((floor, place) =>
      restricted(`apps/studio/src/${floor}/**`, [
        noGraphs,
        noKinds,
        upward(floor, [...studio.slice(place + 1), 'page']),
      ]),
    ),
    restricted('apps/studio/src/page/**', [pageAlone]),
    ...page.map((floor, place) =>
      restricted(`apps/studio/src/page/${floor}/**`, [pageAlone, upward(floor, page.slice(place + 1))].filter(Boolean)),
    ),
  ],
}

/** Later overrides of a rule replace earlier ones, so each names all its patterns. */
function restricted(files, patterns) {
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

function forbidden(names, message) {
  return { group: [...names.map((name) => `@headstart/${name}*`), 'headstart'], message }
}

function stranger(name) {
  const others = domains.filter((other) => other !== name)
  return forbidden(others, 'Domain packages never import each other: who installs one must not get the others.')
}

function runtime() {
  return { group: ['onnxruntime-*', '@headstart/runtime*'], message: 'Only @headstart/onnx talks to onnxruntime.' }
}

function upward(floor, above) {
  if (above.length === 0) return undefined
  const names = above.join('|')
  const message = `Folders import one way: ${floor} stands below ${above.join(', ')}.`
  return { regex: `^(\\.\\./)+(${names})/`, message }
}
