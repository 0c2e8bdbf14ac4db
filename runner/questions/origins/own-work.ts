import { endpointIds } from '../../../apps/app.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { appName, formatEstimate, formatNumber } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { named, notUsable, usableCell } from '../studies/phrases.ts'
import { originStudy } from './origin-study.ts'
import { ownWorkPublished, ownWorkRows, TALK_YEAR } from './tables.ts'

const ENDPOINTS = [...endpointIds]

/** "Doing work in your own code": how soon is it more than the framework? */
export const ownWork = originStudy({
  id: 'own-work',
  title: 'own work',
  question: 'How much of a request is the framework, once there is work in your own code?',
  rows: ownWorkRows,
  defaults: { endpoints: ENDPOINTS },
  answer: (result) => answerOwnWork(result, ['django-bare', 'wsgi', 'node-http']),
})

/** A row per endpoint and server. Pure. */
export function answerOwnWork(result: Result, servers: readonly string[]): AnswerBody {
  const rows = servers.flatMap((server) =>
    ENDPOINTS.flatMap((endpoint) => {
      const cell = usableCell(result, server, endpoint)
      return cell === null ? [] : [{ server, name: named(appName(result, server)), endpoint, cell }]
    }),
  )
  const helloOf = (server: string) => rows.find((row) => row.server === server && row.endpoint === 'hello')?.cell
  const sentences = servers.flatMap((server) => {
    const own = rows.filter((row) => row.server === server)
    const told = own.map(({ endpoint, cell }) => `${formatEstimate(cell.cost)} µs on ${endpoint}`)
    return told.length === 0 ? [] : [`${own[0]!.name} takes ${listInWords(told)}.`]
  })
  return joinAnswers({
    sentences: [...sentences, thenInWords()],
    tables: [
      tableOf({ id: 'own-work', title: 'what the work behind an endpoint adds' }, rows, {
        server: ({ name }) => name,
        endpoint: ({ endpoint }) => endpoint,
        'requests/s': ({ cell }) => cell.requestsPerSecond,
        'CPU µs/request': ({ cell }) => cell.cost,
        '÷ its hello': ({ server, cell }) => timesHello(cell.cost.value, helloOf(server)?.cost.value),
        [`requests/s ${TALK_YEAR}`]: ({ server, endpoint }) => (server === 'django-bare' ? ownWorkPublished[endpoint] : null),
      }),
    ],
    charts: [
      chartOf(
        {
          ...{
            id: 'own-work',
            title: 'cost by endpoint',
            description: 'CPU microseconds per request, a row per endpoint, a mark per server',
          },
          y: { title: 'CPU µs/request, less is better', scale: 'log' },
        },
        rows.flatMap(({ name, endpoint, cell }) => mark(name, endpoint, cell.cost)),
      ),
    ],
    limits: notUsable(result.cells),
  })
}

function timesHello(cost: number, hello: number | undefined): number | null {
  return hello === undefined ? null : Number((cost / hello).toPrecision(3))
}

function thenInWords(): string {
  const { hello, ...others } = ownWorkPublished
  const told = Object.entries(others).map(([endpoint, rate]) => `${formatNumber(hello! / rate, 1)} times on ${endpoint}`)
  return `In ${TALK_YEAR} a request to Django* took, as a multiple of its hello, ${listInWords(told)}.`
}
