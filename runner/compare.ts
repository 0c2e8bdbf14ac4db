import { BASELINE, knownApps, type ResolvedApp, resolveApp } from '../apps/app.ts'
import { checkContract, type EndpointCheck } from '../apps/contract.ts'
import { precisionReached } from './analysis/estimates.ts'
import { assembleResult } from './assemble.ts'
import { launchedHost } from './deployment/launched.ts'
import { canReadProcessTree } from './deployment/process-tree.ts'
import { readCpuTicks } from './deployment/procfs.ts'
import { type CpuPlacement, notPinned, pinRunner, placeOnCpus } from './environment/cpus.ts'
import { describeMachine } from './environment/machine.ts'
import { RunError, UserError } from './errors.ts'
import { Ledger } from './ledger.ts'
import type { LoadDriver } from './load/driver.ts'
import { drivers } from './load/drivers.ts'
import { FakeWorld, fakeDriver } from './load/fake.ts'
import type { Bench } from './measure/bench.ts'
import { conduct, type RunRecord, type RunState } from './measure/conduct.ts'
import { allListeners, type Listener } from './measure/listener.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS, withDefaults } from './options.ts'
import { type Plan, planDeployments } from './plan.ts'
import { openRunFolder } from './report/files.ts'
import type { Result } from './result.ts'

/** Stopping on precision is not thought of before this many rounds; see docs/methodology.md, "When to stop". */
const MINIMUM_ROUNDS = 6
const CONTRACT_TIMEOUT_MILLISECONDS = 2_000

export interface CompareContext {
  /** Where paths given by the user start. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: Listener
  readonly freshSeed: number
  readonly startedAt: Date
}

/** Where a result was written. */
export interface Comparison {
  readonly result: Result
  readonly folder: string
  /** Why the run ended before its time; the result holds what was finished by then. */
  readonly problem: RunError | null
}

/**
 * The story on one page: options to a plan, apps and load on a bench, rounds until it is known, findings, files.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when the machine fails
 */
export async function compare(given: Partial<CompareOptions>, context: CompareContext): Promise<Comparison> {
  const options = withDefaults(given, knownApps(), context.freshSeed)
  const apps = resolveApps(options.apps, context.cwd)
  const plan = makePlan(options, apps)
  const placement = options.driver === 'fake' ? notPinned('nothing runs in a simulation') : placeOnCpus()
  const { bench, driverVersion, cpuAccounting } = await makeBench(options, placement)
  const folder = await openRunFolder(options.out, 'compare', context.startedAt)
  const listener = allListeners([context.listener])
  if (!options.apps.includes(BASELINE)) listener.remark(`${BASELINE} is measured as well: every other app is compared with it`)
  for (const { given, modulePath, insideProject } of apps) {
    if (!insideProject) listener.remark(`${given} is code from outside this project: ${modulePath}`)
  }
  pinRunner(placement)

  const ledger = new Ledger(plan)
  const startedNs = bench.now()
  const startedAt = context.startedAt
  const machine = describeMachine()
  const soFar = { options, plan, apps, machine, placement, driver: bench.driver, driverVersion, cpuAccounting, startedAt, ledger }
  const assembled = (record: RunRecord) =>
    assembleResult({
      ...soFar,
      ...record,
      finishedAt: new Date(),
      wallNs: bench.now() - startedNs,
      runnerResidentBytes: process.memoryUsage.rss(),
    })
  const precision = options.rounds === null ? options.precision / 100 : null
  let lastRound: RunState | null = null
  try {
    const record = await conduct(bench, plan, {
      listener,
      signal: context.signal,
      rounds: options.rounds,
      precision,
      minimumRounds: MINIMUM_ROUNDS,
      maximumNs: options.maxMinutes * 60e9,
      async roundFinished(round, state) {
        ledger.add(round)
        lastRound = state
        // Samples of finished rounds only: what is in the file is what the result was made from.
        for (const slice of round.slices) folder.appendSample(slice)
        const reached = precisionReached(ledger.rounds, plan.baseline, precision)
        await folder.flush()
        // A run that dies later leaves this result behind; it says of itself that it is not complete.
        await folder.writeReports(assembled({ ...state, stoppedBecause: 'interrupted' }))
        return reached
      },
    })
    const result = assembled(record)
    const remark = await folder.writeReports(result)
    if (remark !== null) listener.remark(remark)
    return { result, folder: folder.path, problem: null }
  } catch (error) {
    // A mistake in the call was found before anything was measured: there is nothing to keep.
    if (error instanceof UserError && !(error instanceof RunError)) await folder.discard()
    if (!(error instanceof RunError) || lastRound === null) throw error
    // Finished rounds are not lost because a later one could not be had.
    const result = assembled({ ...(lastRound as RunState), stoppedBecause: 'failed' })
    await folder.writeReports(result).catch(() => null)
    return { result, folder: folder.path, problem: error }
  } finally {
    await folder.close()
  }
}

/** Finds every app; the baseline comes first, and two of one name are told apart by a number. */
export function resolveApps(names: readonly string[], cwd: string): ResolvedApp[] {
  // First, so that it keeps its name even if a stranger's folder is called the same.
  const wanted = [BASELINE, ...names.filter((name, index) => name !== BASELINE || names.indexOf(name) < index)]
  const taken = new Set<string>()
  return wanted.map((name) => {
    const app = resolveApp(name, cwd)
    let id = app.id
    for (let copy = 2; taken.has(id); copy++) id = `${app.id}-${copy}`
    taken.add(id)
    return { ...app, id }
  })
}

function makePlan(options: CompareOptions, apps: readonly ResolvedApp[]): Plan {
  const { slice } = drivers[options.driver]()
  return {
    seed: options.seed,
    baseline: BASELINE,
    deployments: planDeployments(apps, BASELINE, options.transport),
    endpoints: options.endpoints,
    connections: options.connections,
    sliceMilliseconds: options.slice ?? slice?.milliseconds ?? DEFAULT_SLICE_MILLISECONDS,
    blocksPerRound: options.blocks ?? slice?.blocks ?? null,
    // A driver with slices of its own has no pulses short enough for a warm-up curve.
    warmUpMilliseconds: options.warmUp === null ? (slice?.milliseconds ?? null) : options.warmUp * 1000,
  }
}

async function makeBench(options: CompareOptions, { serverCpu, loadCpu, runnerCpu }: CpuPlacement) {
  if (options.driver === 'fake') return fakeBench(new FakeWorld({ seed: options.seed }))
  const driver: LoadDriver = drivers[options.driver]()
  const available = await driver.available()
  if ('missing' in available) throw new UserError('driver-missing', available.missing, { hint: 'or use --driver autocannon' })
  const bench: Bench = {
    host: launchedHost,
    driver,
    checkContract: ({ address }, endpoints) => checkContract(address, { endpoints, timeoutMs: CONTRACT_TIMEOUT_MILLISECONDS }),
    now: () => performance.now() * 1e6,
    ticks: readCpuTicks,
    ownCpuNs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) * 1000
    },
    sharesCpuWithRunner: runnerCpu === serverCpu || runnerCpu === loadCpu,
    serverCpu,
    loadCpu,
  }
  const cpuAccounting = canReadProcessTree() ? ('schedstat' as const) : ('process.cpuUsage' as const)
  return { bench, driverVersion: available.version, cpuAccounting }
}

/** A bench that exists in memory only. */
export function fakeBench(world: FakeWorld) {
  const bench: Bench = {
    host: world.host,
    driver: fakeDriver(world),
    checkContract: async (_deployment, endpoints) =>
      [...endpoints, 'wrong-path' as const].map(
        (endpoint): EndpointCheck => ({ endpoint, headerBytes: 100, headers: [], violations: [] }),
      ),
    now: () => world.nowNs,
    ticks: () => new Map(),
    ownCpuNs: () => 0,
    sharesCpuWithRunner: true,
    serverCpu: null,
    loadCpu: null,
  }
  return { bench, driverVersion: 'simulated', cpuAccounting: 'simulated' as const }
}
