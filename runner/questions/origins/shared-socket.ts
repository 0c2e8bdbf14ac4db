import type { ExpectedAnswer } from '../../../apps/contract.ts'
import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { comparePairs } from '../../analysis/relative.ts'
import { type AnswerBody, joinAnswers, tableOf } from '../../result/answer.ts'
import { appName, formatEstimate } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { endpointsIn, named, notUsable, withCells } from '../studies/phrases.ts'
import { originStudy } from './origin-study.ts'
import type { FoundRow } from './rows.ts'
import { sharedSocketPublished, sharedSocketRows, TALK_YEAR } from './tables.ts'

const SIZES = [40, 10_000]
const ENDPOINTS = ['fixed', 'file'].flatMap((kind) => SIZES.map((bytes) => `${kind}-${bytes}`))
const answerTo = (endpoint: string): ExpectedAnswer => {
  const bytes = Number(endpoint.replace(/^\D+/, ''))
  const type = 'text/plain; charset=utf-8'
  return { path: `/${endpoint}`, status: 200, contentType: type, contentLength: bytes, body: 'x'.repeat(bytes) }
}
/** What everything is compared with. */
const ONE_PROCESS = sharedSocketRows[0]!.key
const LIMITS = [
  `Then a machine with four cores answered, and a worker had one of them. Here all processes share one CPU: a second worker cannot give more.`,
]

/** "Scaling Twisted Web": what do workers that share a socket, PyPy, and a file in place of memory do to the cost? */
export const sharedSocket = originStudy({
  id: 'shared-socket',
  title: 'shared socket',
  question:
    'What does Twisted cost with one process and with two on one socket, on CPython and PyPy, from memory and from a file, against nginx?',
  rows: sharedSocketRows,
  isAlone: true,
  defaults: {},
  plan: { endpoints: ENDPOINTS, answers: Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint, answerTo(endpoint)])) },
  answer: answerSharedSocket,
})

/** Pure. */
export function answerSharedSocket(result: Result, rows: readonly FoundRow[]): AnswerBody {
  const known = endpointsIn(result).flatMap((endpoint) => withCells(result, rows, endpoint).map((row) => ({ ...row, endpoint })))
  const pairs = comparePairs(
    result,
    known.filter(({ id }) => id !== ONE_PROCESS).map(({ id, endpoint }) => ({ app: id, reference: ONE_PROCESS, endpoint })),
  )
  const ratioOf = (app: string, endpoint: string) =>
    pairs.find((pair) => pair.app === app && pair.endpoint === endpoint)?.ratio ?? null
  const sentences = rows.flatMap(({ id }) => {
    const told = pairs.filter(({ app }) => app === id).map(({ endpoint, ratio }) => `${formatEstimate(ratio)} on ${endpoint}`)
    return told.length === 0
      ? []
      : [`${named(appName(result, id))} costs so many times what one process on CPython costs: ${listInWords(told)}.`]
  })
  return joinAnswers({
    sentences,
    tables: [
      tableOf({ id: 'shared-socket', title: 'bytes from memory (fixed) and from a file' }, known, {
        server: ({ id }) => named(appName(result, id)),
        answer: ({ endpoint }) => endpoint,
        'requests/s': ({ cell }) => (serverWasTheLimit(cell) ? cell.requestsPerSecond : null),
        'CPU µs/request': ({ cell }) => cell.cost,
        '÷ one process on CPython': ({ id, endpoint }) => ratioOf(id, endpoint),
        [`requests/s ${TALK_YEAR}`]: ({ key, endpoint }) => sharedSocketPublished[key]?.[endpoint] ?? null,
      }),
    ],
    limits: [...notUsable(result.cells), ...LIMITS],
  })
}
