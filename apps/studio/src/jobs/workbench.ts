import { join } from 'node:path'
import { exportModel, InputError, startRun } from '@headstart/core'
import { makeFolder, OptionError } from '@headstart/core/kit'
import type { Proposals } from '../api/examples.js'
import type { CheckResult, Confusion, Curve, FeatureMap, Limits, Misses, TrainRequest } from '../api/look.js'
import type { JobState, ModelState, Run } from '../api/project.js'
import type { Answer, Answered, Explained, Question, TakeAway } from '../api/try.js'
import { publicRun } from '../project/history.js'
import type { Opened, Project } from '../project/project.js'
import { familiarAnswers, shownAnswer } from './answers.js'
import { check, readCheck, shownCheck, type StoredCheck } from './check.js'
import { learningCurve, readCurve, type StoredCurve } from './curve.js'
import { ExampleFeatures } from './features.js'
import { type AnyTrained, FolderModel, type Loaded } from './folder-model.js'
import type { Jobs } from './job.js'
import { confusionOf, limitsOf, missesOf } from './limits.js'
import { ProposalQueue } from './proposals.js'
import { ModelsBeside } from './models-beside.js'
import { train } from './train.js'

/** Examples that are nearest to what is tried. */
const nearestShown = 6

/** What can be done with a project that is open: with its model, and by jobs. */
export class Workbench {
  readonly #project: Project
  readonly #opened: Opened
  readonly #jobs: Jobs
  readonly #model: FolderModel
  readonly #features: ExampleFeatures
  readonly #proposals: ProposalQueue
  readonly #onChange: () => void
  /** Undefined: not looked for yet. */
  #checked: StoredCheck | null | undefined
  #curve: StoredCurve | null | undefined
  readonly #beside: ModelsBeside

  constructor(project: Project, opened: Opened, jobs: Jobs, onChange: () => void) {
    this.#project = project
    this.#opened = opened
    this.#jobs = jobs
    this.#model = new FolderModel(join(project.folder, 'model'), opened.task)
    this.#features = new ExampleFeatures(opened.bench)
    this.#proposals = new ProposalQueue(opened.bench)
    this.#beside = new ModelsBeside(project.folder, opened.task)
    this.#onChange = onChange
  }

  /** The model in the folder; null where there is none. `problem` says why one that lies there cannot be used. */
  async model(): Promise<{ readonly state: ModelState | null; readonly problem: string | undefined }> {
    const loaded = await this.#model.find()
    if (!loaded) return { state: null, problem: this.#model.problem }
    const { trained } = loaded
    const run = this.#runOf(loaded)
    const described = trained.describe()
    const { labels } = described.json
    return {
      problem: undefined,
      state: {
        run: run?.id ?? null,
        text: described.text(),
        labels: Array.isArray(labels) ? labels.map(String) : [],
        score: run?.methods.find(({ name }) => name === run.kept)?.score ?? null,
        stale: run !== undefined && run.data !== (await this.#project.fingerprint()),
        explains: trained.explain !== undefined,
      },
    }
  }

  /** @throws OptionError where there is none that can be used. */
  async needModel(): Promise<void> {
    await this.#model.need()
  }

  runs(): Run[] {
    return this.#opened.history.runs.map(publicRun)
  }

  train({ methods, keep, network, seed = 0 }: TrainRequest): JobState {
    const [usual] = this.#opened.bench.methods
    const kept = keep ?? methods?.[0] ?? usual.name
    this.#writable()
    return this.#jobs.start('train', async (job) => {
      const outcome = await train(this.#project, { methods: methods ?? [], keep: kept, network, seed }, job)
      await this.#beside.write(outcome.run.id, outcome.beside)
      await this.#opened.history.add(outcome.run, outcome.heldOut)
      await this.#beside.forget(outcome.run.id)
      this.#onChange()
    })
  }

  startCheck(): JobState {
    this.#writable()
    return this.#jobs.start('check', async (job) => {
      this.#checked = await check(this.#project, job)
      this.#onChange()
    })
  }

  async checked(): Promise<CheckResult | null> {
    this.#checked ??= (await readCheck(this.#project.folder)) ?? null
    if (!this.#checked) return null
    const all = await this.#project.examples()
    const now = new Map(all.map(({ id, label }) => [id, label]))
    return shownCheck(this.#checked, this.#opened, now, await this.#project.fingerprint())
  }

  startCurve(): JobState {
    this.#writable()
    return this.#jobs.start('curve', async (job) => {
      this.#curve = await learningCurve(this.#project, job)
      this.#onChange()
    })
  }

  async curve(): Promise<Curve | null> {
    this.#curve ??= (await readCurve(this.#project.folder)) ?? null
    if (!this.#curve) return null
    const { data, ...rest } = this.#curve
    return { ...rest, stale: data !== (await this.#project.fingerprint()) }
  }

  async next(count: number): Promise<Proposals> {
    const all = await this.#project.examples()
    const proposals = await this.#proposals.take(all, await this.#model.find(), count)
    return { revision: this.#project.revision, left: all.filter(({ label }) => label === null).length, proposals }
  }

  async confusion(): Promise<Confusion | null> {
    const held = await this.#heldOut(true)
    return held ? confusionOf(held) : null
  }

  async misses(): Promise<Misses | null> {
    const held = await this.#heldOut(false)
    return held ? missesOf(held) : null
  }

  async limits(): Promise<Limits | null> {
    const held = await this.#heldOut(true)
    return held ? limitsOf(held) : null
  }

  async map(): Promise<FeatureMap> {
    return (await this.#mapped()).map
  }

  async components(): Promise<Float32Array> {
    return (await this.#mapped()).components
  }

  async ask(question: Question, signal: AbortSignal): Promise<Answered> {
    const started = performance.now()
    const { bench } = this.#opened
    const query = await this.#queryOf(question)
    const [last] = this.#opened.history.runs
    const models: [string, AnyTrained][] = []
    for (const name of question.methods ?? []) models.push([name, await this.#beside.get(last, name)])
    if (!question.methods) models.push(['', (await this.#model.need()).trained])
    const answers: Answered['answers'] = []
    for (const [method, trained] of models) {
      const run = startRun({ signal, cache: false })
      const [answer] = question.unknown
        ? await familiarAnswers(trained, [query], run)
        : ((await trained.ask([query], { signal })) as (Answer | InputError)[])
      if (answer instanceof InputError) throw answer
      answers.push({ method, answer: shownAnswer(bench, answer), said: trained.say(answer) })
    }
    return { answers, milliseconds: performance.now() - started }
  }

  async explain(question: Question, signal: AbortSignal): Promise<Explained> {
    const query = await this.#queryOf(question)
    const loaded = await this.#model.need()
    const { trained } = loaded
    if (!trained.explain) throw new OptionError('model', 'one that says why', 'one that does not', 'Ask it alone.')
    const found = await trained.explain(query, { signal, examples: 0 })
    const overlay = await found.overlay()
    const all = await this.#project.examples()
    return {
      label: String(found.label),
      method: found.method,
      parts: found.parts.map((part) => ({
        ...('text' in part ? { text: part.text } : { box: part.box }),
        weight: part.weight,
      })),
      overlay: overlay ? `data:image/png;base64,${Buffer.from(overlay).toString('base64')}` : null,
      nearest: await this.#features.nearest(loaded, all, query, nearestShown),
      notes: [...found.notes],
    }
  }

  /** @param origin Address of the studio. */
  async takeAway(program: string, origin: string): Promise<TakeAway> {
    const { task, maker } = this.#opened
    const { trained } = await this.#model.need()
    const { folder } = this.#model
    const quoted = /^[\w./-]+$/.test(folder) ? folder : inQuotes(folder)
    return {
      model: folder,
      formats: Object.entries(trained.exports ?? {}).map(([name, { description, ending }]) => {
        return { name, description, ending: ending ?? null }
      }),
      typescript: maker.program.join('\n').replaceAll("'./model'", JSON.stringify(folder)),
      ask: `${program} ${task.verb} ${quoted} ${task.example}`,
      serve: `${program} serve ${quoted}`,
      request: `curl ${origin}/models/model/${task.verb} ${await this.#bodyOf()}`,
    }
  }

  /** What is asked over HTTP, as arguments of curl. */
  async #bodyOf(): Promise<string> {
    const { task, bench } = this.#opened
    if (task.fromBytes) return `-H 'Content-Type: application/octet-stream' --data-binary @${task.example}`
    const [first] = await this.#project.examples()
    const query: unknown = task.example.startsWith('"')
      ? JSON.parse(task.example)
      : first && (await bench.query(first.id))
    return `-H 'Content-Type: application/json' -d ${inQuotes(JSON.stringify({ input: query }))}`
  }

  async export(format: string): Promise<{ readonly path: string }> {
    return this.#project.exclusive(async () => {
      const { trained } = await this.#model.need()
      const ending = trained.exports?.[format]?.ending ?? ''
      const folder = join(this.#project.folder, 'exports')
      await makeFolder(folder)
      const path = join(folder, `${format}${ending}`)
      return { path: (await exportModel(trained, format, path)).path }
    })
  }

  async close(): Promise<void> {
    await this.#beside.close()
    await this.#model.close()
  }

  /** @throws OptionError for what is no question to this kind of model. */
  async #queryOf({ query, id }: Question): Promise<unknown> {
    const { task, bench } = this.#opened
    if (id !== undefined) return bench.query(id)
    // Whoever asks gets no file of this machine read.
    if (bench.brings === 'picture' && typeof query === 'string')
      throw new OptionError('query', 'the bytes of a picture, as { base64 }', 'a path', 'Send the picture itself.')
    const parsed = task.query.safeParse(query)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    const got = JSON.stringify(query)?.slice(0, 100) ?? 'nothing'
    throw new OptionError('query', `a query of the task ${task.name}: ${issue?.message ?? ''}`, got, 'Correct it.')
  }

  async #mapped() {
    const loaded = await this.#model.need()
    return this.#features.map(loaded, await this.#project.examples(), this.#project.revision)
  }

  /** @param areClasses Whether it is looked at as answers that are one class each. */
  async #heldOut(areClasses: boolean) {
    if ((this.#opened.manifest.kind === 'classification') !== areClasses) return undefined
    const loaded = await this.#model.find()
    return this.#opened.history.heldOutOf(loaded && this.#runOf(loaded)?.id)
  }

  #runOf({ hash }: Loaded) {
    return this.#opened.history.runs.find(({ model }) => model === hash)
  }

  /** @throws OptionError at once, and not when the work is done. */
  #writable(): void {
    if (this.#project.writable) return
    const remedy = 'Give it to the user that the studio runs as, or copy it to another place.'
    throw new OptionError(this.#project.folder, 'a folder that can be written', 'one that cannot', remedy)
  }
}

/** One word of a command line. */
function inQuotes(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
