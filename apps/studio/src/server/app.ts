import type { Service } from '@headstart/serve'
import { RequestError } from '@headstart/serve/kit'
import { Hono } from 'hono'
import * as z from 'zod'
import {
  addRows,
  type Added,
  type Changed,
  type Example,
  examplesQuery,
  recordChoices,
  removeExamples,
  renameLabel,
  replies,
  type Replies,
  setLabels,
} from '../api/examples.js'
import { confirmLabels, trainRequest } from '../api/look.js'
import { createProject, type Project as ProjectState } from '../api/project.js'
import { exportRequest, question } from '../api/try.js'
import type { BroughtIn } from '@headstart/core'
import { classesOf, joinedLabels } from '@headstart/core/kit'
import { confirmation } from '../jobs/check.js'
import { networksOf } from '../jobs/networks.js'
import type { Jobs } from '../jobs/job.js'
import type { Workbench } from '../jobs/workbench.js'
import { fittingTasks } from '../project/fitting-tasks.js'
import type { ChangeOutcome, Project } from '../project/project.js'
import { fileOf, filesOf, jsonOf, shaped } from './bodies.js'
import type { Events } from './events.js'
import { guarded } from './guards.js'
import { pageFile } from './page-files.js'
import { problemResponse } from './problem-response.js'

/** Characters of an example in words. */
const excerpt = 40
/** Ids that an answer lists. */
const mostIds = 1000

/** What is behind the addresses. */
export interface Served {
  readonly project: Project
  readonly events: Events
  readonly jobs: Jobs
  /** How `headstart` was called. */
  readonly program: string
  /** @throws OptionError while nobody chose what the project is. */
  readonly bench: Workbench
  /** The model in the folder, as a server has it. @throws OptionError while there is none. */
  service(): Promise<Service>
  kinds(): Promise<Pick<ProjectState, 'kinds' | 'found'>>
}

/** The HTTP API, and the page. */
export function createApp(studio: Served): Hono {
  const { project, events, jobs } = studio
  const app = new Hono()
  app.use(guarded)
  app.onError((cause) => problemResponse(cause))
  app.notFound(({ req }) =>
    problemResponse(new RequestError(404, 'request', 'an address of the studio', req.path, 'Open its page: /.')),
  )

  app.get('/api/project', async (c) => c.json(await stateOf()))
  app.post('/api/project', async (c) => {
    const { task, ...how } = await jsonOf(c, createProject)
    await project.create(task, how)
    return c.json(await stateOf())
  })
  app.post('/api/fits', async (c) => c.json(await fittingTasks(project.tasks, await filesOf(c))))
  app.get('/api/events', (c) =>
    events.stream(c, [
      { type: 'project', revision: project.revision },
      ...(jobs.state ? [{ type: 'job' as const, job: jobs.state }] : []),
    ]),
  )

  app.get('/api/examples', async (c) => {
    const { offset, limit, label, only, search, ids } = shaped(c.req.query(), examplesQuery)
    const all = await project.examples()
    const found = ids === undefined ? all.filter(isWanted) : inOrder(all, ids.split(','))
    function isWanted(example: Example): boolean {
      if (label !== undefined && !classesIn(example.label).includes(label)) return false
      if (only !== undefined && (example.label !== null) !== (only === 'labeled')) return false
      return search === undefined || textOf(example).toLowerCase().includes(search.toLowerCase())
    }
    return c.json({ revision: project.revision, total: found.length, examples: found.slice(offset, offset + limit) })
  })
  app.get('/api/examples/:id/picture', async (c) => {
    const size = shaped(Number(c.req.query('size') ?? 160), z.number().int().min(16).max(2048))
    const { bench } = project.open
    if (!bench.picture) throw new RequestError(404, 'picture', 'an example that is a picture', 'another', '')
    const { bytes, type } = await bench.picture(c.req.param('id'), size)
    // The id is of its content.
    const headers = { 'content-type': type, 'cache-control': 'private, max-age=31536000, immutable' }
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, headers)
  })
  app.post('/api/examples', async (c) => {
    const { rows } = await jsonOf(c, addRows)
    return c.json(addedOf(await project.add(rows.map(({ text, label = null }) => ({ text, label })))))
  })
  app.post('/api/files', async (c) => {
    const { name, label } = shaped(
      c.req.query(),
      z.object({ name: z.string().min(1).max(1000), label: z.string().optional() }),
    )
    const bytes = await fileOf(c)
    return c.json(addedOf(await project.add([{ name, bytes, ...(label !== undefined && { label }) }])))
  })
  app.post('/api/files/together', async (c) => c.json(addedOf(await project.add(await filesOf(c)))))
  app.post('/api/choices', async (c) => {
    const { user, items } = await jsonOf(c, recordChoices)
    return c.json(changedOf(await project.record(user, items)))
  })
  app.post('/api/labels', async (c) => {
    const { changes } = await jsonOf(c, setLabels)
    const [first] = changes
    const what =
      changes.length > 1
        ? `${changes.length} examples labeled`
        : `${await nameOf(first?.id)} ${first?.label === null ? 'without a label' : `labeled ${first?.label}`}`
    return c.json(
      changedOf(
        await project.move(
          what,
          changes.map(({ id, label }) => ({ id, to: { label } })),
        ),
      ),
    )
  })
  app.post('/api/remove', async (c) => {
    const { ids } = await jsonOf(c, removeExamples)
    const what = ids.length > 1 ? `${ids.length} examples removed` : `${await nameOf(ids[0])} removed`
    return c.json(
      changedOf(
        await project.move(
          what,
          ids.map((id) => ({ id, to: null })),
        ),
      ),
    )
  })
  app.post('/api/rename', async (c) => {
    const { from, to } = await jsonOf(c, renameLabel)
    const moves = (await project.examples())
      .map(({ id, label }) => ({ id, classes: classesIn(label) }))
      .filter(({ classes }) => classes.includes(from))
      .map(({ id, classes }) => {
        return { id, to: { label: joinedLabels([...new Set(classes.map((name) => (name === from ? to : name)))]) } }
      })
    const outcome = await project.move(`${from} renamed to ${to}`, moves)
    await project.renameReplies(from, to)
    const names = project.open.manifest.labels.map((label) => (label === from ? to : label))
    await project.keep({ labels: [...new Set(names)] })
    return c.json(changedOf(outcome))
  })
  app.post('/api/undo', async (c) => c.json(changedOf(await project.undo())))
  app.post('/api/redo', async (c) => c.json(changedOf(await project.redo())))
  app.get('/api/replies', async (c) => c.json(await repliesOf()))
  app.post('/api/replies', async (c) => {
    const { label, texts } = await jsonOf(c, replies)
    await project.reply(label, texts)
    return c.json(await repliesOf())
  })
  app.get('/api/next', async (c) => {
    const count = shaped(Number(c.req.query('count') ?? 10), z.number().int().min(1).max(100))
    return c.json(await studio.bench.next(count))
  })

  app.get('/api/check', async (c) => c.json(await studio.bench.checked()))
  app.post('/api/check', (c) => c.json(studio.bench.startCheck()))
  app.post('/api/confirm', async (c) => {
    const { ids, right: areRight } = await jsonOf(c, confirmLabels)
    const labels = new Map((await project.examples()).map(({ id, label }) => [id, label]))
    const right = ids.flatMap((id) => (labels.get(id) ? [confirmation(id, labels.get(id) as string)] : []))
    const others = project.open.manifest.confirmed.filter((one) => !right.includes(one))
    await project.keep({ confirmed: areRight ? [...others, ...right] : others })
    return c.json(changedOf({ changed: right.length, missing: ids.filter((id) => !labels.get(id)) }))
  })

  app.post('/api/train', async (c) => c.json(studio.bench.train(await jsonOf(c, trainRequest))))
  app.post('/api/cancel', (c) => c.json(jobs.cancel() ?? null))
  app.get('/api/runs', (c) => c.json(studio.bench.runs()))

  app.get('/api/look/confusion', async (c) => c.json(await studio.bench.confusion()))
  app.get('/api/look/misses', async (c) => c.json(await studio.bench.misses()))
  app.get('/api/look/limits', async (c) => c.json(await studio.bench.limits()))
  app.get('/api/look/map', async (c) => c.json(await studio.bench.map()))
  app.get('/api/look/components', async (c) => {
    const { buffer } = await studio.bench.components()
    return c.body(buffer as ArrayBuffer, 200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
    })
  })
  app.get('/api/look/curve', async (c) => c.json(await studio.bench.curve()))
  app.post('/api/look/curve', (c) => c.json(studio.bench.startCurve()))

  app.post('/api/try', async (c) => c.json(await studio.bench.ask(await jsonOf(c, question), c.req.raw.signal)))
  app.post('/api/explain', async (c) => c.json(await studio.bench.explain(await jsonOf(c, question), c.req.raw.signal)))

  app.get('/api/take', async (c) => c.json(await studio.bench.takeAway(studio.program, new URL(c.req.url).origin)))
  app.post('/api/export', async (c) => c.json(await studio.bench.export((await jsonOf(c, exportRequest)).format)))

  // As `headstart serve` answers: what is asked there changes nothing here.
  for (const path of ['/models', '/models/*', '/v2', '/v2/*', '/health/*', '/openapi.json', '/metrics'])
    app.all(path, async ({ req }) => (await studio.service()).fetch(req.raw))

  app.get('*', async (c, next) => (await pageFile(c)) ?? next())
  return app

  async function stateOf(): Promise<ProjectState> {
    const { opened } = project
    const base = {
      folder: project.folder,
      revision: project.revision,
      job: jobs.state ?? null,
      writable: project.writable,
    }
    if (!opened) {
      const { kinds, found } = await studio.kinds()
      return {
        ...base,
        task: null,
        brings: null,
        converses: false,
        has: { check: false, curve: false, map: false, replies: false },
        kind: null,
        labelName: 'label',
        files: null,
        labels: [],
        counts: { total: 0, labeled: 0, unlabeled: 0 },
        undo: null,
        redo: null,
        methods: [],
        networks: [],
        model: null,
        notices: project.notices,
        kinds,
        found,
      }
    }
    const { bench, task, journal, manifest } = opened
    const all = await project.examples()
    const counts = new Map(manifest.labels.map((label) => [label, 0]))
    for (const { label } of all) for (const name of classesIn(label)) counts.set(name, (counts.get(name) ?? 0) + 1)
    const labeled = (await bench.users?.()) ?? all.filter(({ label }) => label !== null).length
    const { state, problem } = await studio.bench.model()
    return {
      ...base,
      // The examples may just have been read anew.
      revision: project.revision,
      task: task.name,
      brings: bench.brings,
      converses: bench.converses ?? false,
      has: {
        check: task.check !== undefined,
        curve: task.curve !== undefined,
        map: bench.features !== undefined,
        replies: bench.replies !== undefined,
      },
      kind: bench.labels ? manifest.kind : null,
      labelName: bench.labelName ?? 'label',
      files: { data: bench.files.data, unlabeled: bench.files.unlabeled ?? null, model: 'model' },
      labels: [...counts].map(([name, count]) => ({ name, count })),
      counts: { total: all.length, labeled, unlabeled: bench.labels ? all.length - labeled : 0 },
      undo: journal.undo?.what ?? null,
      redo: journal.redo?.what ?? null,
      methods: bench.methods.map(({ name, description, takes, keeps = true }, place) => {
        return { name, description, takes, keeps, usual: place === 0 }
      }),
      networks: networksOf(opened),
      model: state,
      notices: [...project.notices, ...(problem === undefined ? [] : [problem])],
      kinds: [],
      found: [],
    }
  }

  async function repliesOf(): Promise<Replies[]> {
    const said = (await project.open.bench.replies?.list()) ?? {}
    return Object.entries(said).map(([label, texts]) => ({ label, texts: [...texts] }))
  }

  /** The classes of a label; of a number none. */
  function classesIn(label: string | null): readonly string[] {
    return label === null ? [] : classesOf(label, project.open.manifest.kind)
  }

  function addedOf({ added, doubles, refused }: BroughtIn): Added {
    const ids = added.slice(0, mostIds).map(({ id }) => id)
    return { revision: project.revision, added: added.length, ids, doubles, refused: [...refused] }
  }

  function changedOf({ changed, missing }: ChangeOutcome): Changed {
    const { journal } = project.open
    return {
      revision: project.revision,
      changed,
      missing: [...missing],
      undo: journal.undo?.what ?? null,
      redo: journal.redo?.what ?? null,
    }
  }

  /** An example in words. */
  async function nameOf(id: string | undefined): Promise<string> {
    const found = (await project.examples()).find((example) => example.id === id)
    if (!found) return 'an example'
    const text = textOf(found)
    return `"${text.length > excerpt ? `${text.slice(0, excerpt - 1)}…` : text}"`
  }
}

function textOf({ shown }: Example): string {
  if (shown.type === 'text') return shown.text
  return shown.type === 'picture' ? shown.name : [shown.title, ...Object.values(shown.details)].join(' ')
}

function inOrder(all: readonly Example[], ids: readonly string[]): Example[] {
  const byId = new Map(all.map((example) => [example.id, example]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
