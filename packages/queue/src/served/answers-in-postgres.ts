import { type Answer, groupsOf, type ServedAnswers } from './served-answers.js'

/** What is needed of a client or pool of `pg`. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
}

/**
 * Answers in a table of PostgreSQL, with the columns `key` and `answer` (jsonb).
 * @param client Of `pg`: a client or a pool.
 * @param table Its name; a second one, of this name and `_next`, is there while answers are being replaced.
 */
export function answersInPostgres(client: PostgresClient, table: string): ServedAnswers {
  const [name, next] = [quoted(table), quoted(`${table}_next`)]
  return {
    async get(key) {
      const { rows } = await client.query(`SELECT answer FROM ${name} WHERE key = $1`, [key])
      return rows[0]?.['answer'] as Answer | undefined
    },
    async replace(answers) {
      await client.query(
        `DROP TABLE IF EXISTS ${next}; CREATE TABLE ${next} (key text PRIMARY KEY, answer jsonb NOT NULL)`,
      )
      for await (const group of groupsOf(answers)) {
        // Of one key the last counts, as in Redis; one statement takes each once.
        const last = new Map(group.map(({ key, answer }) => [key, JSON.stringify(answer)]))
        await client.query(
          `INSERT INTO ${next} SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT (key) DO UPDATE SET answer = excluded.answer`,
          [[...last.keys()], [...last.values()]],
        )
      }
      const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${next}`)
      // Statements that are sent together are one transaction.
      await client.query(`DROP TABLE IF EXISTS ${name}; ALTER TABLE ${next} RENAME TO ${name}`)
      return rows[0]?.['count'] as number
    },
  }
}

/** A name as SQL has it. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
