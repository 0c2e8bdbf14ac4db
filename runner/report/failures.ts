import { appId } from '../result/app-name.ts'
import type { Result } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'

const LONGEST_REASON = 200
const LONGEST_LINE = 160
const MOST_LINES = 8

export interface Failure {
  readonly app: string
  /** In words: `hello and lookup`. */
  readonly endpoints: string
  readonly reason: string
  /** What the app printed last. */
  readonly lastLines: readonly string[]
}

/** Why cells have no numbers; an app that failed everywhere for one reason is told once. */
export function listFailures(result: Result): Failure[] {
  const byReason = new Map<string, { app: string; endpoints: string[]; reason: string; lastLines: string[] }>()
  for (const cell of result.cells) {
    if (cell.state !== 'failed') continue
    const key = JSON.stringify([cell.app, cell.reason])
    const failure = byReason.get(key) ?? { app: cell.app, endpoints: [], reason: cell.reason, lastLines: cell.lastLines }
    failure.endpoints.push(appId(cell.endpoint))
    byReason.set(key, failure)
  }
  return [...byReason.values()].map(({ app, endpoints, reason, lastLines }) => ({
    app: appId(app),
    endpoints: listInWords(endpoints),
    reason: plainText(reason, LONGEST_REASON),
    lastLines: lastLines.slice(-MOST_LINES).map((line) => plainText(line, LONGEST_LINE)),
  }))
}
