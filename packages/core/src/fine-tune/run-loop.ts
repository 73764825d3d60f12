import { type Tensors, type Trainer } from '@headstart/onnx'
import { DivergedError } from '@headstart/onnx/kit'
import type { Matrix } from '../contract/matrix.js'
import type { RunOptions, TrainEvent, TuningPlace } from '../contract/progress.js'
import type { Checkpoint, RunProgress } from './checkpoint.js'

/** Makes the input tensors of one step when it is due. */
export type BatchFeeds = () => Tensors | Promise<Tensors>

/** How a training is assessed on examples that it does not learn from. */
export interface Assessment {
  /** Epochs from one assessment to the next; the last epoch has one in any case. Default: 1. */
  readonly every?: number
  /** What the network as it is now, after so many epochs, answers for them; asked for before the first epoch too. */
  readonly results: (epoch: number) => Matrix | Promise<Matrix>
  /** What these answers cost: the weights with the least are the result. Default: the last weights are. */
  readonly loss?: (results: Matrix) => number
  /** Epochs without a lower loss after which the training ends. Default: it takes all of its epochs. */
  readonly patience?: number
}

/** An epoch that is over. */
export interface EndedEpoch {
  /** From 1 on. */
  readonly epoch: number
  /** Mean training loss over its steps. */
  readonly loss: number
  /** What was answered for the held-out examples; undefined where they were not asked. */
  readonly results: Matrix | undefined
}

/** What is trained by `runLoop`, on what, and when it is looked at. */
export interface Loop extends RunOptions {
  /** Not closed by the loop: afterwards it has the resulting weights. Where it averages them, the average is assessed and results. */
  readonly trainer: Trainer
  readonly epochs: number
  /** The steps of an epoch, counted from 0, in their order. Always the same ones for an epoch, and as many in each. */
  readonly batches: (epoch: number) => readonly BatchFeeds[]
  readonly assessment?: Assessment | undefined
  /** Which of several loops it is, for events. Default: the only one. */
  readonly place?: Pick<TuningPlace, 'run' | 'runs'>
  /** Where the loop goes on, and keeps how far it is after each step and each epoch. */
  readonly checkpoint?: Checkpoint | undefined
  readonly onEpoch?: (ended: EndedEpoch) => void | Promise<void>
  /** Called where loss or gradient are not finite any more; the loop ends there. Default: it throws the error. */
  readonly onDiverged?: (error: DivergedError) => void
}

/** What came of a loop. */
export interface LoopOutcome {
  /** Of each assessment. */
  readonly results: readonly Matrix[]
  readonly diverged: boolean
}

/**
 * Trains for some epochs: the one loop of all that learns by gradient. It can be stopped by its signal, or killed, and
 * goes on from its checkpoint with the same bits; what is stopped loses nothing.
 * @throws DivergedError where loss or gradient are not finite and `onDiverged` is not given.
 */
export async function runLoop(loop: Loop): Promise<LoopOutcome> {
  const { trainer, epochs, batches, assessment, checkpoint, signal, onEvent, place = { run: 1, runs: 1 } } = loop
  const { every = 1, patience = Infinity, loss: heldOutLoss } = assessment ?? {}
  const stepsPerEpoch = batches(0).length
  const found = checkpoint?.takeUp()
  let { epoch, step, lossSum, best } = found ?? { epoch: 0, step: 0, lossSum: 0, best: {} as Tensors }
  const results: Matrix[] = [...(found?.results ?? [])]
  const losses = heldOutLoss ? results.map((answers) => heldOutLoss(answers)) : []

  const save = async (): Promise<void> => {
    const progress = (): RunProgress => ({ epoch, step, lossSum, best, results, trainer: trainer.state() })
    await checkpoint?.save(progress, { now: signal?.aborted ?? false })
  }
  const assess = async (): Promise<Matrix | undefined> => {
    if (!assessment || (epoch % every !== 0 && epoch !== epochs)) return undefined
    return trainer.withAverage(async () => {
      const answers = await assessment.results(epoch)
      results.push(answers)
      if (heldOutLoss) {
        const loss = heldOutLoss(answers)
        if (losses.every((other) => loss < other)) best = trainer.parameters()
        losses.push(loss)
      }
      return answers
    })
  }
  const isPast = (): boolean => (losses.length - 1 - losses.indexOf(Math.min(...losses))) * every >= patience

  let diverged = false
  try {
    if (found) trainer.restore(found.trainer)
    else await assess()
    while (epoch < epochs && !isPast()) {
      for (const feeds of batches(epoch).slice(step)) {
        signal?.throwIfAborted()
        const { loss } = await trainer.step(await feeds())
        step++
        lossSum += loss
        onEvent?.({ type: 'step', ...place, epochs, step: trainer.steps, steps: epochs * stepsPerEpoch, loss })
        await save()
      }
      epoch++
      const answers = await assess()
      await loop.onEpoch?.({ epoch, loss: lossSum / stepsPerEpoch, results: answers })
      step = lossSum = 0
      await save()
    }
  } catch (error) {
    if (!(error instanceof DivergedError && loop.onDiverged)) throw error
    loop.onDiverged(error)
    diverged = true
  }
  trainer.setParameters(losses.length > 0 ? best : trainer.averaged())
  return { results, diverged }
}

/** A notice of a training that diverged, and what to try. */
export function divergedNotice({ step, what, value }: DivergedError, learningRate: number): TrainEvent {
  const message = `The tuning stopped at step ${step + 1}: its ${what} is ${value}. Try a lower learningRate than ${learningRate}.`
  return { type: 'notice', message }
}
