import { formatAddress } from '../../../apps/ask.ts'
import { contract } from '../../../apps/contract.ts'
import {
  ab,
  autocannon,
  availability,
  flawless,
  h2load,
  httperf,
  type LoadProgram,
  runLoadProgram,
  wrk,
} from '../../load/load-programs.ts'
import { rateOf } from '../../load/program-reports.ts'
import { chartOf, mark, tableOf } from '../../result/answer.ts'
import { count } from '../../result/format.ts'
import { deployOn } from '../../servers/deployment.ts'
import { localHost } from '../../servers/local-host.ts'
import { bounded, estimateMeans, exponentiate } from '../../statistics/estimate.ts'
import { seededRandom } from '../../statistics/random.ts'
import { type FoundRow, findRows, NGINX, type OriginRow } from '../origins/rows.ts'
import { variantDeployments } from '../studies/study.ts'
import type { LoadGeneratorsPart } from './data.ts'
import type { Part, PartContext } from './part.ts'
import { outcomeOf, repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { judged } from './words.ts'

const CONNECTIONS = 16
const WARM_UP_SECONDS = 3
const FULL_MILLISECONDS = 30_000
/** What the others are set against. */
const REFERENCE = autocannon
const PROGRAMS = [REFERENCE, wrk, ab, httperf, h2load]
/** From the fastest to the slowest. */
const ROWS: readonly OriginRow[] = [
  { key: NGINX, server: NGINX },
  { key: 'node-http', server: 'node-http' },
  { key: 'flask-nginx', server: 'flask', front: 'nginx', transport: 'unix' },
]

type RatesOfSet = LoadGeneratorsPart['sets'][number]

/** Load programs that the texts have used, and those of today, on the same servers: do they say the same requests per second? */
export const loadGenerators: Part<LoadGeneratorsPart> = {
  id: 'load-generators',
  title: 'load generators',
  share: 0.05,
  async measure(context) {
    const programs = PROGRAMS.filter((program) => isThere(program, context))
    const servers = await findRows(ROWS, { connections: CONNECTIONS }, context.remark)
    const rule = { guessMilliseconds: FULL_MILLISECONDS }
    const repetitions = await repeatUnit(context, rule, (turn) => measureSet(context, servers, programs, turn))
    return outcomeOf(repetitions, (sets) => ({ part: 'load-generators', sets }))
  },
  heading: 'Load generators',
  question: 'Do the load generators of the texts say the same requests per second of the same servers?',
  goals: ['every program puts the servers in the same order'],
  answer(part) {
    const rows = rowsOf(part)
    const programs = [...new Set(rows.map(({ program }) => program))]
    if (programs.length < 2) return null
    const orders = programs.map((program) =>
      rows
        .filter((row) => row.program === program)
        .sort((one, other) => other.rate.value - one.rate.value)
        .map(({ server }) => server)
        .join(', '),
    )
    const same = orders.filter((order) => order === orders[0]).length
    return {
      judgements: [judged(`${same} of ${count(programs.length, 'program')}: ${orders[0]}`, same === programs.length)],
      sentences: PROGRAMS.filter(({ id }) => programs.includes(id)).map(({ id, cannot }) => `${id}: ${cannot}`),
      tables: [
        tableOf({ id: 'load-generators', title: 'Requests/s on hello', note: EXPLANATION, texts: 2 }, rows, {
          server: ({ server }) => server,
          'load generator': ({ program }) => program,
          'requests/s': ({ rate }) => rate,
          '÷ autocannon': ({ overAutocannon }) => overAutocannon,
        }),
      ],
      charts: [
        chartOf(
          {
            id: 'load-generators',
            title: 'Requests/s on hello by load generator',
            description: 'requests per second of every server by every load generator, with 95 % intervals',
            y: { title: 'requests/s, more is better', scale: 'log' },
          },
          rows.flatMap(({ program, server, rate }) => mark(program, server, rate)),
        ),
      ],
      limits: ['weighttp, which the texts of 2013 used, is no package of Debian.'],
      effort: count(part.sets.length, 'set'),
    }
  },
}

function isThere(program: LoadProgram, { remark }: PartContext): boolean {
  const found = availability(program)
  if ('missing' in found) remark(`left out: ${found.missing}`)
  return !('missing' in found)
}

/** Fresh processes, all up at once; every program on every server, in random order. @returns requests/s by server and program */
async function measureSet(
  { signal, placement, progress, seed, milliseconds }: PartContext,
  rows: readonly FoundRow[],
  programs: readonly LoadProgram[],
  turn: number,
): Promise<RatesOfSet | null> {
  await using stack = new AsyncDisposableStack()
  const options = { cpu: placement.serverCpu, environmentPadding: 0, readyPath: contract.hello.path }
  const shape = { connections: CONNECTIONS, pipelining: 1, cpu: placement.loadCpu }
  const servers: { key: string; url: string }[] = []
  for (const plan of variantDeployments(rows, '')) {
    const process = await localHost.start(plan, options)
    stack.defer(() => process.stop())
    const deployment = await deployOn(localHost, process, plan, options)
    if (deployment !== process) stack.defer(() => deployment.stop())
    servers.push({ key: plan.id, url: `${formatAddress(deployment.address)}${contract.hello.path}` })
  }
  const rates = new Map<string, number>()
  const run = async (program: LoadProgram, { key, url }: (typeof servers)[number], seconds: number) => {
    const expected = rates.get(key)
    const run = { ...shape, seconds, ...(expected !== undefined && { expectedRequestsPerSecond: expected }) }
    const rate = rateOf(flawless(program, await runLoadProgram(program, url, run, signal)))
    rates.set(key, rate)
    return rate
  }
  const seconds = shrunk(WARM_UP_SECONDS, unitShare(milliseconds, FULL_MILLISECONDS), 1)
  for (const server of servers) {
    progress(`warming up ${server.key}`)
    await run(REFERENCE, server, seconds)
  }
  const random = seededRandom(seed + turn)
  const found: RatesOfSet = Object.fromEntries(servers.map(({ key }) => [key, {}]))
  for (const [server, program] of random.shuffle(servers.flatMap((one) => programs.map((other) => [one, other] as const)))) {
    if (signal.aborted) return null
    progress(`${program.id} on ${server.key}`)
    found[server.key]![program.id] = await run(program, server, 1)
  }
  return found
}

const EXPLANATION =
  'Every set has fresh processes: all servers up at once on one CPU, warmed up, then loaded by every program for a second, in random order. ' +
  'The texts used weighttp, ab and httperf. The programs have the other CPU for themselves; all but httperf sleep between answers.'

/** A row per server and program, in the order of both. */
function rowsOf({ sets }: LoadGeneratorsPart) {
  const places = ROWS.flatMap(({ key }) => PROGRAMS.map(({ id }) => ({ server: key, program: id })))
  return places.flatMap(({ server, program }) => {
    const own = sets.filter((set) => set[server]?.[program] !== undefined)
    if (own.length < 2) return []
    const both = own.filter((set) => set[server]![REFERENCE.id] !== undefined)
    const mean = (values: number[]) => bounded(exponentiate(estimateMeans([values.map(Math.log)])[0]!))
    const overAutocannon =
      program === REFERENCE.id || both.length < 2
        ? null
        : mean(both.map((set) => set[server]![program]! / set[server]![REFERENCE.id]!))
    return [{ server, program, rate: mean(own.map((set) => set[server]![program]!)), overAutocannon }]
  })
}
