import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { type AnswerBody, joinAnswers, tableOf } from '../../result/answer.ts'
import { appName, formatEstimate } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { endpointsIn, named, notUsable } from '../studies/phrases.ts'
import { costChart, costColumns, type KnownRow, knownRows, placeInWords, placesOf, timesReference } from './origin-answer.ts'
import { originStudy } from './origin-study.ts'
import type { FoundRow } from './rows.ts'
import { frameworkRows, protocolRows, TALK_YEAR } from './tables.ts'

const LIMITS = [
  `Requests/s of ${TALK_YEAR} are those of the talk: another machine, two of them, 64 clients. Their order can be compared, their size cannot.`,
  'Front and server share one CPU here.',
]
/** What the rows of uWSGI are compared with. */
const SKELETON = 'wsgi'

/** The first table of the talk: what does the way from nginx to a bare application cost? */
export const protocols = originStudy({
  id: 'protocols',
  title: 'protocols',
  question: 'What does the way from a web server to a bare application cost: http, fastcgi or uwsgi, tcp or a unix socket?',
  rows: protocolRows,
  defaults: { endpoints: ['hello'] },
  answer: (result, rows) =>
    answerTable(result, rows, { reference: protocolRows[0]!.key, called: 'uwsgi over a unix socket', study: 'protocols' }),
})

/** The table of the talk, in its order, and the systems that have come since. */
export const frameworks = originStudy({
  id: 'frameworks',
  title: 'frameworks',
  question: 'What does a framework cost behind nginx, and is the order still that of 2013?',
  rows: frameworkRows,
  isQuick: ({ published }) => published !== undefined,
  defaults: { endpoints: ['hello'], maxMinutes: 25 },
  answer: (result, rows) => answerTable(result, rows, { reference: SKELETON, called: 'the WSGI skeleton', study: 'frameworks' }),
})

interface Words {
  readonly reference: string
  readonly called: string
  readonly study: string
}

/** Pure. */
export function answerTable(result: Result, rows: readonly FoundRow[], { reference, called, study }: Words): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const known = knownRows(result, rows, endpoint, () => reference)
    const published = known.filter((row) => row.published !== undefined)
    const [now, then] = [placesOf(published), publishedPlaces(published)]
    const columns = {
      ...costColumns(result, called),
      [`requests/s ${TALK_YEAR}`]: (row: KnownRow) => row.published ?? null,
      [`place ${TALK_YEAR}`]: (row: KnownRow) => (row.published === undefined ? '' : String(then.get(row.id))),
      'place now': (row: KnownRow) => (row.published === undefined ? '' : placeInWords(now.get(row.id)!)),
    }
    return {
      sentences: [...fronts(known), ...overReference(result, known, called), ...changes(result, published, then, now)],
      tables: [tableOf({ id: `${study}-${endpoint}`, title: `${endpoint}: ${study}` }, known, columns)],
      charts: [costChart(result, `${study}-${endpoint}`, `${endpoint}: CPU µs/request`, known)],
    }
  })
  return joinAnswers(...parts, { limits: [...notUsable(result.cells), ...LIMITS] })
}

function publishedPlaces(rows: readonly KnownRow[]): ReadonlyMap<string, number> {
  const faster = (row: KnownRow) => rows.filter((other) => other.published! > row.published!).length
  return new Map(rows.map((row) => [row.id, 1 + faster(row)]))
}

/** From the cheapest front to the dearest. */
function fronts(rows: readonly KnownRow[]): string[] {
  const known = rows.filter(({ frontCost }) => frontCost !== null).sort((a, b) => a.frontCost!.value - b.frontCost!.value)
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined || first === last) return []
  return [
    `The front takes from ${formatEstimate(first.frontCost!)} µs per request (${named(first.id)}) to ${formatEstimate(last.frontCost!)} µs (${named(last.id)}).`,
  ]
}

function overReference(result: Result, rows: readonly KnownRow[], called: string): string[] {
  const told = timesReference(result, rows)
  return told.length === 0
    ? []
    : [`With its front, a request costs so many times what it costs with ${called}: ${listInWords(told)}.`]
}

/** Rows whose place is not the one they had. */
function changes(
  result: Result,
  rows: readonly KnownRow[],
  then: ReadonlyMap<string, number>,
  now: ReturnType<typeof placesOf>,
): string[] {
  const moved = rows.filter(({ id, cell }) => {
    const { low, high } = now.get(id)!
    return serverWasTheLimit(cell) && (then.get(id)! < low || then.get(id)! > high)
  })
  const told = moved.map(({ id }) => `${named(appName(result, id))} from ${then.get(id)} to ${placeInWords(now.get(id)!)}`)
  if (rows.length < 2) return []
  return [
    told.length === 0
      ? `The order of ${TALK_YEAR} holds: no place is proven to be another one.`
      : `Of the ${rows.length} systems of ${TALK_YEAR} these have another place: ${listInWords(told)}.`,
  ]
}
