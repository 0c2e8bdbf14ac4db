import type { ContractOptions } from '../../apps/contract.ts'
import { copyId } from '../result/ids.ts'
import type { LoadShape } from '../result/load-shape.ts'
import { type DeploymentPlan, processOf, workersOf } from '../servers/deployment.ts'
import type { ResolvedApp } from '../servers/find-app.ts'
import { runtimeName } from '../servers/runtimes.ts'
import { type Random, seededRandom } from '../statistics/random.ts'
import { total } from '../statistics/summary.ts'
import type { RoundSizes } from './records.ts'

/** Two copies of the baseline run in every comparison: the control is measured twice as often, and every run is an A/A test. */
export const BASELINE_COPIES = [1, 2] as const
/** Processes that an app may have in a round: where they differ much, several cost less time than as many rounds more. */
export const COPIES = [1, 2] as const
/** Length of the meaningless environment variable, bytes: one page shifts the initial stack through every alignment. */
const LARGEST_PADDING = 4095
/** Slices are stretched or shortened by up to this share so that they cannot beat in time with a timer of the app or the machine. */
const SLICE_JITTER = 0.2
const LARGEST_SEED = 2 ** 32 - 1
/** Sets the seeds of arrivals apart from those of repeated blocks; more than rounds will ever be. */
const ARRIVALS = 2 ** 20

/** A plan that holds for the whole run; pure data. */
export interface Plan {
  readonly seed: number
  readonly baseline: string
  readonly deployments: readonly DeploymentPlan[]
  readonly endpoints: readonly string[]
  /** What is expected of endpoints that are not in the contract of all apps. */
  readonly answers?: ContractOptions['answers']
  readonly connections: number
  readonly sliceMilliseconds: number
  /** null: as many as make the intervals narrow soonest. */
  readonly blocksPerRound: number | null
  /** Where they are not given and there is time for them: a round with fewer has few requests for the question. */
  readonly leastBlocks?: number
  /** null: it ends when V8 has compiled the app. */
  readonly warmUpMilliseconds: number | null
  /**
   * Watches processes come up and how much memory they hold: they start one at a time, are asked once right away, and rest before memory is
   * read, once before the warm-up and once after the last block. Absent: a comparison, which spends no time on it.
   */
  readonly processRecords?: { readonly restMilliseconds: number }
}

/** What a round holds of the plan. */
export type RoundCut = Pick<RoundSizes, 'blocksPerRound' | 'processes'>

export interface PlannedSlice {
  /** Index into the plan's deployments. */
  readonly deployment: number
  readonly milliseconds: number
}

/** One slice of every deployment that is asked for one endpoint. */
export interface PlannedBlock {
  readonly block: number
  readonly endpoint: string
  readonly slices: readonly PlannedSlice[]
}

export interface PlannedRound {
  readonly round: number
  /** Indexes into the plan's deployments, in the order of starting. */
  readonly startOrder: readonly number[]
  readonly warmUpOrder: readonly number[]
  /** Bytes, by deployment. */
  readonly environmentPadding: readonly number[]
  readonly blocks: readonly PlannedBlock[]
}

/** The deployments of a comparison: two of the baseline. @param copies of every other app, of which a round may start fewer */
export function planDeployments(
  apps: readonly ResolvedApp[],
  baseline: string,
  transport: DeploymentPlan['transport'],
  copies: readonly number[] = [1],
): DeploymentPlan[] {
  return apps.flatMap((app) => {
    const { id, modulePath } = app
    return (id === baseline ? BASELINE_COPIES : copies).map((copy) => {
      const optional = id !== baseline && copy > 1 ? ({ optional: true } as const) : {}
      return { id: copyId(id, copy), app: id, copy, modulePath, transport, ...optional, ...ownStart(app) }
    })
  })
}

/** What a deployment has to know of how an app is started and asked. */
export function ownStart({
  program,
  runner,
  own = {},
}: Pick<ResolvedApp, 'program' | 'runner' | 'own'>): Partial<DeploymentPlan> {
  const { nodeFlags, env } = own
  return {
    ...(program?.connections === 'closed' && { load: { keepAlive: false } }),
    ...(program && { program, runtime: program.title }),
    ...(runner && { runner, runtime: runtimeName(runner) }),
    ...(nodeFlags && { nodeFlags }),
    ...(env && { env }),
  }
}

/** Of the deployments of a plan those that run in a round. */
export function runningIn(deployments: readonly DeploymentPlan[], processes: RoundSizes['processes']): DeploymentPlan[] {
  return deployments.filter(({ app, copy = 1, optional }) => !optional || copy <= (processes[app] ?? 1))
}

/** The app that a deployment of the plan runs. */
export function appOf(plan: Plan, deployment: string): string {
  return plan.deployments.find(({ id }) => id === deployment)?.app ?? deployment
}

/** Findings that an app of the plan is made to bring about. */
export function provokedBy({ deployments }: Pick<Plan, 'deployments'>, app: string): readonly string[] {
  return deployments.find((deployment) => deployment.app === app)?.provokes ?? []
}

/** Apps that are measured for what goes wrong with them. */
export function provokingApps({ deployments }: Pick<Plan, 'deployments'>): string[] {
  return deployments.filter(({ provokes = [] }) => provokes.length > 0).map(({ app }) => app)
}

/** How a deployment of the plan is asked. */
export function loadOf(plan: Pick<Plan, 'connections' | 'sliceMilliseconds'>, { load }: DeploymentPlan): LoadShape {
  const { connections, sliceMilliseconds } = plan
  return { connections, sliceMilliseconds, keepAlive: true, sleeps: false, saturates: true, arrivals: null, ...load }
}

/** What is requested of a deployment of the plan. */
export function endpointsOf(plan: Pick<Plan, 'endpoints'>, { endpoints = plan.endpoints }: DeploymentPlan): readonly string[] {
  return endpoints
}

/** Processes that answer for these deployments: some may share one, and others have several. */
export function countProcesses(deployments: readonly DeploymentPlan[]): number {
  const byProcess = new Map(deployments.map((deployment) => [processOf(deployment), workersOf(deployment)]))
  return total([...byProcess.values()], (workers) => workers)
}

/**
 * Everything random about one round (from 1), from the plan's seed and the round's number alone: with more blocks or processes the order of
 * the others stays.
 */
export function planRound(plan: Plan, round: number, { blocksPerRound, processes }: RoundCut): PlannedRound {
  const random = seededRandom(plan.seed, round)
  const indexes = plan.deployments.map((_, index) => index)
  const running = new Set(runningIn(plan.deployments, processes))
  const runs = (index: number) => running.has(plan.deployments[index]!)
  const stretch = () => 1 + SLICE_JITTER * (2 * random.float() - 1)
  const slices = (endpoint: string, stretched: number) =>
    random.shuffle(indexes).flatMap((deployment) => {
      const own = plan.deployments[deployment]!
      if (!runs(deployment) || !endpointsOf(plan, own).includes(endpoint)) return []
      return [{ deployment, milliseconds: loadOf(plan, own).sliceMilliseconds * stretched }]
    })
  return {
    round,
    startOrder: random.shuffle(indexes).filter(runs),
    warmUpOrder: random.shuffle(indexes).filter(runs),
    environmentPadding: indexes.map(() => random.integer(0, LARGEST_PADDING)),
    blocks: Array.from({ length: blocksPerRound }, (_, block) =>
      random.shuffle(plan.endpoints).map((endpoint) => ({
        block,
        endpoint,
        // Stretched alike in the whole block: its slices are compared with each other.
        slices: slices(endpoint, stretch()),
      })),
    ).flat(),
  }
}

/**
 * A block once more, after a disturbance: slices of the same length, the deployments in an order drawn from seed, round, block and
 * attempt alone, so that no other random choice depends on whether there was a disturbance.
 * @param attempt from 1; 0 is the block as planned
 */
export function repeatedBlock(
  plan: Plan,
  round: number,
  { block, endpoint, slices }: PlannedBlock,
  attempt: number,
): PlannedBlock {
  const random = ownRandom(plan.seed, [round, plan.endpoints.indexOf(endpoint), block, attempt])
  return { block, endpoint, slices: random.shuffle(slices) }
}

/** Seed of the times at which requests arrive in an attempt at a block: the same for all its slices. */
export function arrivalSeed(
  plan: Plan,
  round: number,
  { block, endpoint }: Pick<PlannedBlock, 'block' | 'endpoint'>,
  attempt: number,
): number {
  const parts = [ARRIVALS, round, plan.endpoints.indexOf(endpoint), block, attempt]
  return ownRandom(plan.seed, parts).integer(0, LARGEST_SEED)
}

/** Randomness of its own for everything that is numbered so. */
function ownRandom(seed: number, parts: readonly number[]): Random {
  return parts.reduce((outer, part) => seededRandom(outer.integer(0, LARGEST_SEED), part), seededRandom(seed))
}
