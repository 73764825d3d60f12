import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type Answer, groupsOf, type ServedAnswers } from './served-answers.js'

/** Seconds for which the answers of before are kept: for who has read just now where they are. */
const grace = 60

/**
 * Answers in Redis: a hash for each night, and a key that says which one it is.
 * @param redis A client of ioredis.
 * @param name What the answers are called: a key of Redis, before those of the hashes.
 */
export function answersInRedis(redis: Redis, name: string): ServedAnswers {
  return {
    async get(key) {
      const current = await redis.get(name)
      const answer = current === null ? null : await redis.hget(current, key)
      return answer === null ? undefined : (JSON.parse(answer) as Answer)
    },
    async replace(answers) {
      const next = `${name}:${randomUUID()}`
      try {
        for await (const group of groupsOf(answers))
          await redis.hset(next, new Map(group.map(({ key, answer }) => [key, JSON.stringify(answer)])))
      } catch (cause) {
        await redis.unlink(next).catch(() => {})
        throw cause
      }
      const count = await redis.hlen(next)
      const before = await redis.getset(name, next)
      if (before !== null) await redis.expire(before, grace)
      return count
    },
  }
}
