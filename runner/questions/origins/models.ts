import { type AnswerBody, joinAnswers, tableOf } from '../../result/answer.ts'
import { formatNumber } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { endpointsIn, notUsable } from '../studies/phrases.ts'
import { costChart, costColumns, type KnownRow, knownRows } from './origin-answer.ts'
import { originStudy } from './origin-study.ts'
import type { FoundRow } from './rows.ts'
import { modelRows } from './tables.ts'

const MEBIBYTE = 2 ** 20
/** The row that the others are compared with: one process, one thread. */
const SIMPLEST = 'wsgi'

const words: Readonly<Record<string, string>> = {
  wsgi: 'one process, one thread',
  'wsgi-processes': 'two forked processes',
  'gunicorn-sync': 'a forked process per worker, one request at a time',
  'gunicorn-gthread': 'a pool of threads',
  'apache-embedded': 'threads inside the web server',
  'apache-daemon': 'a daemon behind the web server',
  uvicorn: 'async, with uvloop',
  tornado: 'async, in Python',
}

/** Threads, forked processes, daemons, async: "Python Web Performance", 2009. */
export const models = originStudy({
  id: 'models',
  title: 'programming models',
  question: 'What do threads, forked processes, daemons and async cost, and how much memory do they hold?',
  rows: modelRows,
  defaults: { endpoints: ['hello'], maxMinutes: 10 },
  answer: answerModels,
})

/** Pure. */
export function answerModels(result: Result, rows: readonly FoundRow[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const known = knownRows(result, rows, endpoint, () => SIMPLEST)
    const columns = {
      model: ({ key }: KnownRow) => words[key] ?? key,
      ...costColumns(result, 'one process, one thread'),
      'memory, MiB': ({ cell }: KnownRow) => memory(cell),
      'p99 ÷ p50': ({ cell }: KnownRow) => fairness(cell),
    }
    return {
      sentences: known.map(({ key, cell }) => sentence(words[key] ?? key, cell)),
      tables: [tableOf({ id: `models-${endpoint}`, title: `${endpoint}: by programming model` }, known, columns)],
      charts: [costChart(result, `models-${endpoint}`, `${endpoint}: CPU µs/request`, known)],
    }
  })
  const limits = [
    'All run the same bare WSGI or ASGI application on one CPU: several processes cannot give more requests/s here, only cost more.',
  ]
  return joinAnswers(...parts, { limits: [...notUsable(result.cells), ...limits] })
}

function memory({ residentBytes }: MeasuredCell): number | null {
  return residentBytes === null ? null : Math.round(residentBytes / MEBIBYTE)
}

/** How much longer the slowest percent waits than most do. */
function fairness({ latencyMicroseconds }: MeasuredCell): number | null {
  return latencyMicroseconds === null ? null : Number((latencyMicroseconds.p99 / latencyMicroseconds.p50).toPrecision(2))
}

function sentence(model: string, cell: MeasuredCell): string {
  const held = memory(cell)
  return `${model}: ${formatNumber(cell.cost.value, 0)} µs of CPU per request${held === null ? '' : `, ${held} MiB`}.`
}
