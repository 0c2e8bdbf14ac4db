import { formatDuration } from '../../report/format.ts'
import { utcMinute, version } from '../../report/run-facts.ts'
import type { CalibrationPart, PartHead } from '../data.ts'
import { plain } from './phrases.ts'

const COMMIT_DIGITS = 12

/** What was run, when, for how long, with what and where; one line of plain text. */
export function provenance(effort: string, head: PartHead): string {
  const { startedAt, wallSeconds, seed } = head
  return `${effort}. ${utcMinute(startedAt)}, ${formatDuration(wallSeconds)} in all, seed ${seed}; ${place(head)}.`
}

/** A sentence for the top of the page when its parts are not from one commit and one machine; empty when they are. */
export function mixture(parts: readonly CalibrationPart[]): string {
  const commits = new Set(parts.map(({ head }) => head.commit))
  const machines = new Set(parts.map(({ head }) => `${head.cpuModel} ${head.cpus} ${head.kernel} ${head.node}`))
  const differing = [
    ...(commits.size > 1 ? ['on different commits'] : []),
    ...(machines.size > 1 ? ['on different machines or versions of Node'] : []),
  ]
  return differing.length === 0 ? '' : `The parts were measured ${differing.join(' and ')}; each section says which.`
}

function place({ suiteVersion, commit, node, cpuModel, cpus, kernel }: PartHead): string {
  const revision = commit === null ? '' : `, commit ${plain(commit).slice(0, COMMIT_DIGITS)}`
  return `suite ${plain(suiteVersion)}${revision}; Node ${version(node)}; ${plain(cpuModel)}, ${cpus} CPUs, kernel ${plain(kernel)}`
}
