import { type AnswerBody, joinAnswers, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { endpointsIn, ifUsable, isUsable, measuredCell, needsAutocannon, percent, withCells } from '../studies/phrases.ts'
import { originStudy } from './origin-study.ts'
import type { FoundRow } from './rows.ts'
import { keepAliveRows } from './tables.ts'

/** Paste with and without TCP_NODELAY, connections kept and closed: what was found in 2009 as a stall of 89 ms. */
export const keepAlive = originStudy({
  id: 'keep-alive',
  title: 'keep-alive',
  question: 'Is a Python server still slower with connections that are kept, and is that a cost?',
  rows: keepAliveRows,
  defaults: { endpoints: ['hello'], maxMinutes: 5 },
  answer: answerKeepAlive,
  check: ({ driver }) => needsAutocannon(driver, 'open a connection for every request'),
})

type Row = FoundRow & { readonly cell: MeasuredCell }

/** A stall is told as what it is, and no cost is quoted of it. Pure. */
export function answerKeepAlive(result: Result, rows: readonly FoundRow[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const known = withCells(result, rows, endpoint, measuredCell)
    return {
      sentences: known.map(sentence),
      tables: [
        tableOf({ id: `keep-alive-${endpoint}`, title: `${endpoint}: connections and TCP_NODELAY` }, known, {
          connections: ({ key }) => (key.includes('closed') ? 'closed' : 'kept'),
          TCP_NODELAY: ({ key }) => (key.includes('nodelay') ? 'on' : 'off'),
          'latency p50, ms': ({ cell }) => milliseconds(cell),
          'requests/s': ({ cell }) => cell.requestsPerSecond,
          'server busy %': ({ cell }) => percent(cell.serverBusy),
          'CPU µs/request': ifUsable(({ cost }) => cost),
          'found to stall': ({ cell }) => (stallOf(cell) === null ? 'no' : 'yes'),
        }),
      ],
    }
  })
  return joinAnswers(...parts, {
    limits: ['In 2009: 1,320 requests/s with a new connection each, 11 with connections kept; 89 ms a request, and an idle CPU.'],
  })
}

function stallOf({ findings }: MeasuredCell): string | null {
  return findings.find(({ code }) => code === 'stall')?.message ?? null
}

function milliseconds({ latencyMicroseconds }: MeasuredCell): number | null {
  return latencyMicroseconds === null ? null : Number((latencyMicroseconds.p50 / 1000).toPrecision(3))
}

function sentence({ key, cell }: Row): string {
  const kept = key.includes('closed') ? 'with a new connection for every request' : 'with connections kept'
  const delay = key.includes('nodelay') ? 'TCP_NODELAY' : 'Nagle’s algorithm'
  const busy = formatNumber(100 * cell.serverBusy, 0)
  const time = `half of the requests take up to ${milliseconds(cell)} ms, and the server is busy for ${busy} % of the time`
  const stall = stallOf(cell)
  if (stall !== null) return `Paste ${kept} and ${delay}: ${time}. That is a stall, not a cost, and the check says so.`
  const cost = isUsable(cell) ? `; a request costs ${formatEstimate(cell.cost)} µs of CPU` : ''
  return `Paste ${kept} and ${delay}: ${time}${cost}.`
}
