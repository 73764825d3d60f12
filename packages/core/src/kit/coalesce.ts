/**
 * Turns a function that answers many questions at once into one that takes them singly: what is asked in the same turn
 * of the event loop is answered by one call, in the order in which it was asked.
 */
export function coalesce<Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  interface Asked {
    readonly question: Question
    readonly resolve: (answer: Answer) => void
    readonly reject: (cause: unknown) => void
  }
  let waiting: Asked[] = []
  const answer = async (): Promise<void> => {
    const asked = waiting
    waiting = []
    try {
      const answers = await answerAll(asked.map(({ question }) => question))
      asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer))
    } catch (cause) {
      for (const { reject } of asked) reject(cause)
    }
  }
  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(answer)
      waiting.push({ question, resolve, reject })
    })
}
