import { differences, estimateRows } from '../../analysis/relative.ts'
import { type AnswerBody, joinAnswers, tableOf } from '../../result/answer.ts'
import { appName, formatEstimate } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { checkClientAddress } from '../../servers/client-address.ts'
import { endpointsIn, named, notUsable } from '../studies/phrases.ts'
import { partCosts } from '../studies/stack-answer.ts'
import { costChart, type KnownRow, knownRows } from './origin-answer.ts'
import { originStudy } from './origin-study.ts'
import type { FoundRow } from './rows.ts'
import { balancingRows } from './tables.ts'

/** "Load balancing", 2005: two servers behind a balancer gave exactly twice the pages. */
export const balancing = originStudy({
  id: 'balancing',
  title: 'load balancing',
  question: 'Do two servers behind a balancer give twice the pages, what does the balancer cost, and does the app see who asked?',
  rows: balancingRows,
  defaults: { endpoints: ['hello'], maxMinutes: 8 },
  answer: answerBalancing,
  async check({ driver }, rows) {
    const fronts = rows.flatMap(({ deployment }) => deployment?.proxy ?? [])
    const checked = [...new Map(fronts.map((front) => [front.name, front])).values()]
    if (driver !== 'fake') for (const front of checked) await checkClientAddress(front, [{ transport: 'tcp', keepAlive: true }])
  },
})

const TWICE = 2
const LIMITS = [
  'All processes share one CPU here, so a second server cannot bring more pages: what can be measured is what each part costs.',
  'Pages with a CPU for each are by arithmetic, not measured: twice those of one server, unless the balancer is at its limit before, at server ÷ balancer.',
]

interface BalancedRow extends KnownRow {
  /** What the servers cost over what the balancer costs. */
  readonly serverOverFront: Estimate | null
}

/** Pure. */
export function answerBalancing(result: Result, rows: readonly FoundRow[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const known = balancedRows(result, rows, endpoint)
    const columns = {
      server: ({ id }: BalancedRow) => appName(result, id),
      'in front': ({ front }: BalancedRow) => front ?? 'nothing',
      servers: ({ backs = 1 }: BalancedRow) => backs,
      'requests/s': ({ cell }: BalancedRow) => cell.requestsPerSecond,
      'CPU µs/request': ({ cell }: BalancedRow) => cell.cost,
      'of the balancer, µs': ({ frontCost }: BalancedRow) => frontCost,
      'of the servers, µs': ({ serverCost }: BalancedRow) => serverCost,
      'all ÷ one server': ({ overReference }: BalancedRow) => overReference,
      'pages with a CPU for each, up to': (row: BalancedRow) => mostPages(row),
    }
    return {
      sentences: known.flatMap((row) => sentence(result, row)),
      tables: [tableOf({ id: `balancing-${endpoint}`, title: `${endpoint}: one server and two` }, known, columns)],
      charts: [costChart(result, `balancing-${endpoint}`, `${endpoint}: CPU µs/request`, known)],
    }
  })
  return joinAnswers(...parts, { limits: [...notUsable(result.cells), ...LIMITS] })
}

function balancedRows(result: Result, rows: readonly FoundRow[], endpoint: string): BalancedRow[] {
  const isOneOf = (row: FoundRow) => (one: FoundRow) =>
    one.backs === undefined && one.server === row.server && one.front === row.front
  const known = knownRows(result, rows, endpoint, (row) => rows.find(isOneOf(row))?.id ?? null)
  return estimateRows(known, {
    serverOverFront: ({ cell }) =>
      differences(
        partCosts(cell, (share) => 1 - share),
        partCosts(cell, (share) => share),
      ),
  })
}

/** Of two servers over those of one without a balancer, where every process has a CPU of its own. */
function mostPages({ backs, serverOverFront }: BalancedRow): Estimate | null {
  if (backs === undefined || serverOverFront === null) return null
  const most = (bound: number | null) => (bound === null ? null : Math.min(TWICE, bound))
  const { value, low, high, level } = serverOverFront
  return { value: Math.min(TWICE, value), low: most(low), high: most(high), level }
}

function sentence(result: Result, row: BalancedRow): string[] {
  const { id, front, frontCost, serverCost, overReference } = row
  const most = mostPages(row)
  if (most === null || frontCost === null || serverCost === null) return []
  const twice = most.low !== null && most.low >= TWICE
  const pages = twice
    ? 'two servers with a CPU each can give twice the pages'
    : `two servers with a CPU each can give ${formatEstimate(most)} times the pages, since the balancer is at its limit then`
  const shared =
    overReference === null
      ? ''
      : `; on one CPU a request costs ${formatEstimate(overReference)} times what it costs with one server`
  return [
    `${named(appName(result, id))} behind ${front}: ${formatEstimate(frontCost)} µs of the balancer and ${formatEstimate(serverCost)} µs of the server, so ${pages}${shared}.`,
  ]
}
