import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Figures of a service, for Prometheus. */
export interface Metrics {
  readonly contentType: string
  /** In the text format of Prometheus. */
  text(): Promise<string>
  batch(model: string, count: number, seconds: number): void
  swapped(model: string): void
  refused(model: string): void
  request(route: string, model: string, status: number, seconds: number): void
}

/** @param waiting How many questions wait for each model. */
export function createMetrics(waiting: () => Iterable<readonly [model: string, count: number]>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'headstart_request_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['route', 'model', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  const sizes = new Histogram({
    name: 'headstart_batch_size',
    help: 'Questions that were answered together.',
    labelNames: ['model'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  })
  const batches = new Histogram({
    name: 'headstart_batch_seconds',
    help: 'Time that answering them took.',
    labelNames: ['model'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  })
  const swaps = new Counter({
    name: 'headstart_model_swaps_total',
    help: 'How often another model took its place.',
    labelNames: ['model'],
    registers,
  })
  const refusals = new Counter({
    name: 'headstart_model_refusals_total',
    help: 'How often what was put in its place could not be opened.',
    labelNames: ['model'],
    registers,
  })
  const depths = new Gauge({
    name: 'headstart_waiting',
    help: 'Questions that wait.',
    labelNames: ['model'],
    registers,
  })
  const cpu = new Gauge({ name: 'process_cpu_seconds', help: 'Processor time of the process.', registers })
  const memory = new Gauge({ name: 'process_resident_memory_bytes', help: 'Memory of the process.', registers })
  return {
    contentType: registry.contentType,
    async text() {
      depths.reset()
      for (const [model, count] of waiting()) depths.set({ model }, count)
      memory.set(process.memoryUsage.rss())
      const { user, system } = process.cpuUsage()
      cpu.set((user + system) / 1e6)
      return registry.metrics()
    },
    request: (route, model, status, seconds) => requests.observe({ route, model, status }, seconds),
    batch(model, count, seconds) {
      sizes.observe({ model }, count)
      batches.observe({ model }, seconds)
    },
    swapped: (model) => swaps.inc({ model }),
    refused: (model) => refusals.inc({ model }),
  }
}
