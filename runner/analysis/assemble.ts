import { cellName } from '../measure/failures.ts'
import { endpointsOf, type Plan } from '../measure/plan.ts'
import type { Failure } from '../measure/records.ts'
import { type Cell, type Finding, FORMAT, type Result } from '../result/model.ts'
import { nodeFlagsOf } from '../servers/deployment.ts'
import { AllInCosts } from './all-in.ts'
import { checkCopies, checkRun, finding, judgeCells, verdictOf, worstVerdict } from './checks/judge.ts'
import { boundOf, copiesAgree, estimateIdentical } from './copies.ts'
import { type CellSeries, cellSeries, estimatePosition } from './estimates.ts'
import { cellIdentity, gatherFacts, type Identity, type RunFacts } from './facts.ts'
import { estimateOverall, rankCells } from './ranking.ts'
import { sumBlocks } from './sums.ts'

/** One result from what a run has found; pure. Verdicts follow from findings alone, and nothing invalid is ranked. */
export function assembleResult(facts: RunFacts): Result {
  const { plan, ledger, failures, options } = facts
  const identical = estimateIdentical(ledger.rounds).map(({ endpoint, ratio }) => ({
    endpoint,
    deployments: [plan.baseline, `${plan.baseline}#2`] as [string, string],
    ratio,
    agrees: copiesAgree(ratio),
  }))
  const blocks = sumBlocks(ledger.rounds.flatMap((round) => round.blocks))
  const outsideWork = new AllInCosts(ledger.rounds.map(({ between }) => between)).outsideWork()
  const { noise, cpuDistanceNanoseconds, slowRounds } = ledger
  const findings = checkRun({
    ...facts,
    ...noise,
    cpuDistanceNanoseconds,
    rounds: ledger.measuredRounds,
    slowRounds,
    slowRoundsCount: ledger.rounds.length === ledger.measuredRounds,
    blocks,
    wantedRounds: options.rounds,
    notPinnedBecause: facts.placement.notPinnedBecause,
    lastOverFirst: estimatePosition(ledger.rounds),
    outsideWork,
  })
  // Without its baseline a cell has nothing to be compared with, whatever was measured before the baseline failed.
  const sound = ({ app, endpoint }: CellSeries) =>
    [app, plan.baseline].every((one) => failureOf(failures, one, endpoint) === undefined)
  const series = cellSeries(ledger.rounds).filter(sound)
  const bound = boundOf(identical)
  const cellFacts = gatherFacts(series, facts, outsideWork, bound)
  const unequal = new Map(facts.preflight.map((known) => [known.app, known.unequal]))
  const judged = judgeCells(cellFacts, { baseline: plan.baseline, identical, unequal, run: findings })
  const ranked = series.filter((_, index) => verdictOf(judged[index]!) !== 'invalid')
  const places = rankCells(ranked, bound)
  const cells = plannedCells(plan).map(({ app, endpoint }): Cell => {
    const identity = cellIdentity(facts, app, endpoint)
    const failure = failureOf(failures, app, endpoint)
    if (failure !== undefined) return failedCell(identity, failure)
    const index = series.findIndex((one) => one.app === app && one.endpoint === endpoint)
    if (index >= 0) {
      const { rank, apartFrom } = places.get(series[index]!) ?? { rank: null, apartFrom: null }
      return { ...cellFacts[index]!.figures, rank, apartFrom, ...judgedBy(judged[index]!) }
    }
    const reason = skippedBecause(facts, endpoint)
    return { ...identity, state: 'skipped', reason, ...judgedBy([finding('not-measured', { reason })]) }
  })
  const overall = estimateOverall(ranked, plan.endpoints, plan.baseline, bound).map((row) => {
    const own = cells.filter(({ app }) => app === row.app)
    return { ...row, ...judgedBy(uniqueFindings(own.flatMap((cell) => cell.findings))) }
  })
  return {
    format: FORMAT,
    study: facts.study ?? 'compare',
    startedAt: facts.startedAt.toISOString(),
    finishedAt: facts.finishedAt.toISOString(),
    wallSeconds: facts.wallNs / 1e9,
    measuredSeconds: ledger.measuredNs / 1e9,
    seed: plan.seed,
    options: usedOptions(facts),
    config: facts.config ?? null,
    environment: {
      ...facts.machine,
      serverCpu: facts.placement.serverCpu,
      serverCpus: severalCpus(plan),
      loadCpu: facts.placement.loadCpu,
      moreLanes: facts.placement.moreLanes.slice(0, facts.lanes - 1),
      laneCheck: facts.laneCheck,
      cpuAccounting: facts.cpuAccounting,
      driverVersion: facts.driverVersion,
      ...noise,
      cpuDistanceNanoseconds,
      slowRounds,
      runnerResidentBytes: facts.runnerResidentBytes,
      loadResidentBytes: ledger.loadResidentBytes,
    },
    baseline: plan.baseline,
    rounds: ledger.measuredRounds,
    stoppedBecause: facts.stoppedBecause,
    verdict: runVerdict(findings, cells, plan.baseline),
    apps: facts.apps.map(({ id, given, own = {}, packages = {} }) => {
      const known = facts.preflight.find(({ app }) => app === id)
      const { title = id, package: from = null, version = null } = known ?? {}
      const deployment = plan.deployments.find(({ app }) => app === id)
      return {
        ...{ id, title: own.title ?? title, package: from, version, given, packages: { ...packages } },
        nodeFlags: deployment === undefined ? [] : [...nodeFlagsOf(deployment)],
        env: { ...deployment?.env },
        warmUpMilliseconds: ledger.warmUpMilliseconds(id),
      }
    }),
    cells,
    overall: plan.endpoints.length > 1 ? overall : [],
    controls: { identical },
    answer: null,
    ...(ledger.processRecords.length === 0 ? {} : { processRecords: [...ledger.processRecords] }),
    blocks,
    findings: uniqueFindings([...findings, ...cellFacts.flatMap((cell) => checkCopies(cell, identical))]),
  }
}

function judgedBy(findings: Finding[]): Pick<Cell, 'verdict' | 'findings'> {
  return { verdict: verdictOf(findings), findings }
}

/** Those that any deployment may use; null: none has several. */
function severalCpus({ deployments }: Plan): number[] | null {
  const cpus = new Set(deployments.flatMap((deployment) => deployment.cpus ?? []))
  return cpus.size < 2 ? null : [...cpus].sort((a, b) => a - b)
}

/**
 * A failed app has its own verdict, and so has what a cell was made to bring about, and a cell too near to the baseline to be told apart in
 * this run, as long as others are not; it takes nothing from what was measured of the others.
 */
function runVerdict(findings: readonly Finding[], cells: readonly Cell[], baseline: string): Result['verdict'] {
  const measured = cells.filter(({ state }) => state === 'measured')
  const isNear = ({ code }: Finding) => code === 'identical-differ'
  const someAreFar = measured.some(({ app, findings: own }) => app !== baseline && !own.some(isNear))
  const verdicts = measured.map(({ findings: own, provokes = [] }) =>
    verdictOf(own.filter((one) => !provokes.includes(one.code) && !(someAreFar && isNear(one)))),
  )
  return measured.length === 0 ? 'invalid' : worstVerdict([verdictOf(findings), ...verdicts])
}

function failedCell(identity: Identity, { code, reason, lastLines }: Failure): Cell {
  const broken = code === 'contract' || code === 'wrong-answers'
  const judged = judgedBy([finding(broken ? 'contract-broken' : 'app-failed', { reason })])
  return { ...identity, state: 'failed', ...judged, reason, lastLines: [...lastLines] }
}

function usedOptions({ options, given, plan, ...sizes }: RunFacts): Result['options'] {
  return {
    apps: [...options.apps],
    endpoints: [...plan.endpoints],
    ownEndpoints: [...options.ownEndpoints],
    ...(options.givenEndpoints !== null && { givenEndpoints: [...options.givenEndpoints] }),
    connections: options.connections,
    transport: options.transport,
    nodeFlags: [...options.nodeFlags],
    driver: options.driver,
    precisionPercent: options.rounds === null ? options.precision : null,
    maxMinutes: options.maxMinutes,
    rounds: options.rounds,
    quick: options.quick,
    sliceMilliseconds: plan.sliceMilliseconds,
    blocksPerRound: sizes.blocksPerRound,
    warmUpMilliseconds: sizes.warmUpMilliseconds,
    leastWarmUpMilliseconds: sizes.leastWarmUpMilliseconds,
    given: { ...given },
  }
}

function plannedCells(plan: Plan): { app: string; endpoint: string }[] {
  return plan.endpoints.flatMap((endpoint) => {
    const asked = plan.deployments.filter((deployment) => endpointsOf(plan, deployment).includes(endpoint))
    return [...new Set(asked.map(({ app }) => app))].map((app) => ({ app, endpoint }))
  })
}

function skippedBecause({ plan, failures, ledger }: RunFacts, endpoint: string): string {
  if (failureOf(failures, plan.baseline, endpoint) === undefined) {
    return ledger.rounds.length === 0 ? 'no round was finished' : 'every block was disturbed'
  }
  return `${plan.baseline} failed on ${endpoint}, and there is nothing else to compare with`
}

function failureOf(failures: readonly Failure[], app: string, endpoint: string): Failure | undefined {
  const names = [cellName(app, null), cellName(app, endpoint)]
  return failures.find((failure) => names.includes(cellName(failure.app, failure.endpoint)))
}

function uniqueFindings(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.code} ${one.message}`, one])).values()]
}
