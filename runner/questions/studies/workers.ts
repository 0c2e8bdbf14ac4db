import { type Scheduling, schedulings } from '../../../apps/scheduling.ts'
import { kernelCounters } from '../../machine/kernel-counters.ts'
import { type CpuPlacement, cpusForWorkers } from '../../machine/placement.ts'
import { allowedCpus } from '../../machine/topology.ts'
import { type CompareOptions, option } from '../../measure/options.ts'
import type { Rig } from '../../measure/rig.ts'
import { UserError } from '../../result/errors.ts'
import { listOfWholeNumbers } from '../../result/option-values.ts'
import type { OwnValues, QuestionContext } from '../question.ts'
import { ascending, prepareVariants, type Study, someOf, variantOf } from './study.ts'
import { answerWorkers } from './workers-answer.ts'

const WORKERS = [1, 2, 4]
const QUICK_WORKERS = [1, 2]
const MOST_WORKERS = 64
const HOW = 'how connections come to them: in turn, from one shared socket, or each with its own on the port (SO_REUSEPORT)'

/** How an app does behind node:cluster and SO_REUSEPORT, with one worker and with more. */
export const workers: Study = {
  id: 'workers',
  title: 'workers',
  question: 'What do several workers give, what do they cost and hold, and how evenly do they share the work?',
  // All other CPUs are for the workers.
  defaults: { apps: ['node-http'], endpoints: ['hello'], precision: 2, maxMinutes: 12, lanes: 1 },
  without: ['lanes'],
  quick: { precision: 5, maxMinutes: 4 },
  ownOptions: [
    option(
      '--workers <list>',
      'numbers of workers',
      listOfWholeNumbers('--workers', 1, MOST_WORKERS),
      WORKERS,
      `${WORKERS.join(',')}; with --quick ${QUICK_WORKERS.join(',')}`,
    ),
    option('--scheduling <list>', HOW, someOf('scheduling', schedulings), [...schedulings]),
  ],
  examples: [
    'npm run study -- workers --quick',
    'npm run study -- workers --apps fastify --workers 1,2 --scheduling round-robin,reuse-port --connections 64',
  ],
  async prepare(options, own, { apps, placement, remark }) {
    const cpus = cpusForWorkers(placement, allowedCpus())
    // All variants have the same CPUs, the one plain process too.
    const deployment = cpus === null || cpus.length < 2 ? {} : { cpus }
    const counts = ascending(own.workers, options.quick ? QUICK_WORKERS : WORKERS)
    const teams = schedulingsOf(own, options, remark).flatMap((scheduling) => counts.map((workers) => ({ workers, scheduling })))
    const variants = apps.flatMap((app) => [
      { ...variantOf(app), workers: 1, scheduling: null, deployment },
      ...teams.map((team) => ({
        ...{ ...variantOf(app, `${team.workers}-${team.scheduling}`), ...team },
        deployment: { ...deployment, team },
      })),
    ])
    const facts = { variants, connections: options.connections, cpus }
    // Memory and CPU time of every process are wanted, rests are not.
    const records = { processRecords: { restMilliseconds: 0 } }
    const prepared = await prepareVariants(options, variants, (result) => answerWorkers(result, facts), records)
    return { ...prepared, rig: (rig) => onSeveralCpus(rig, placement, cpus) }
  },
}

/** @throws UserError when only what the transport or the system does not have is requested */
function schedulingsOf(
  { scheduling }: OwnValues,
  { transport }: CompareOptions,
  remark: QuestionContext['remark'],
): Scheduling[] {
  const wanted = [...new Set((scheduling as Scheduling[] | undefined) ?? schedulings)]
  const why =
    transport === 'unix' ? 'unix sockets have no ports to share' : process.platform === 'linux' ? null : 'it needs Linux'
  if (why === null || !wanted.includes('reuse-port')) return wanted
  if (scheduling !== undefined) {
    throw new UserError('no-reuse-port', `--scheduling reuse-port cannot be measured: ${why}`, {
      hint: 'for example --scheduling round-robin,shared',
    })
  }
  remark(`reuse-port is left out: ${why}`)
  return wanted.filter((one) => one !== 'reuse-port')
}

/** Time stolen from any CPU of the servers counts; there is no one distance from several of them to the load generator's. */
function onSeveralCpus(rig: Rig, { loadCpu }: CpuPlacement, cpus: readonly number[] | null): Rig {
  if (cpus === null || cpus.length < 2) return rig
  return { ...rig, kernel: kernelCounters([...cpus, loadCpu]), cpuDistance: async () => null }
}
