import { execFileSync } from 'node:child_process'
import { parseAllowedCpus } from '../deployment/procfs.ts'
import { UserError } from '../errors.ts'
import { type Machine, thisMachine } from './machine-reader.ts'

/** Which CPU does what; nulls with a reason where nothing is pinned. */
export interface CpuPlacement {
  readonly serverCpu: number | null
  readonly loadCpu: number | null
  /** For the runner itself: a third CPU, or the load generator's, which is idle while the runner works. */
  readonly runnerCpu: number | null
  readonly notPinnedBecause: string | null
}

/**
 * Chooses a CPU for the servers and another for the load generator, among those this process may use.
 * @throws UserError on Windows, where servers could not be ended with certainty
 */
export function placeOnCpus(machine: Machine = thisMachine): CpuPlacement {
  if (machine.platform === 'win32') {
    throw new UserError(
      'platform',
      'nothing can be measured on Windows: it has no process groups and no signals to end servers with',
      {
        hint: 'measure on Linux, also in a virtual machine or WSL 2; --help, report, diff and history work here',
      },
    )
  }
  if (machine.platform !== 'linux') return notPinned(`this is ${machine.platform}, and pinning needs Linux`)
  if (machine.run('taskset', ['--version'])?.status !== 0) return notPinned('the program taskset is not installed')
  return choosePlacement(allowedCpus(machine))
}

/** The last two allowed CPUs for server and load: the first one is where most kernels handle most interrupts. */
export function choosePlacement(allowed: readonly number[]): CpuPlacement {
  const serverCpu = allowed.at(-1)
  const loadCpu = allowed.at(-2)
  if (serverCpu === undefined || loadCpu === undefined) return notPinned('there is only one CPU')
  return { serverCpu, loadCpu, runnerCpu: allowed.at(-3) ?? loadCpu, notPinnedBecause: null }
}

/** What to say before a run that can be suspect at best; null: nothing. */
export function remarkOnPlacement({ notPinnedBecause }: CpuPlacement): string | null {
  if (notPinnedBecause === null) return null
  return `what is measured here will be suspect at best: ${notPinnedBecause}; a valid run needs Linux, two CPUs and the program taskset`
}

/** What an app of several workers may use: every allowed CPU that neither load generator nor runner has; null: not pinned. */
export function cpusForWorkers({ serverCpu, loadCpu, runnerCpu }: CpuPlacement, allowed: readonly number[]): number[] | null {
  return serverCpu === null ? null : allowed.filter((cpu) => cpu !== loadCpu && cpu !== runnerCpu)
}

/** Keeps every thread of the runner off the servers' CPU. */
export function pinRunner({ runnerCpu }: CpuPlacement): void {
  if (runnerCpu !== null) execFileSync('taskset', ['-a', '-c', '-p', String(runnerCpu), String(process.pid)], { stdio: 'ignore' })
}

/** Gives the runner back the CPUs it was started with; children that it starts inherit what it has. */
export function unpinRunner({ runnerCpu }: CpuPlacement, machine: Machine = thisMachine): void {
  const allowed = allowedCpus(machine).join(',')
  if (runnerCpu !== null) execFileSync('taskset', ['-a', '-c', '-p', allowed, String(process.pid)], { stdio: 'ignore' })
}

/** `0-3,8` to [0, 1, 2, 3, 8]: the format of cpusets, see cpuset(7). */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number)
      return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index)
    })
}

/** CPU numbers this process may use, as it was started; empty where the kernel does not say. */
export function allowedCpus({ readFile }: Machine = thisMachine): number[] {
  return parseCpuList(parseAllowedCpus(readFile('/proc/self/status') ?? '') ?? '')
}

/** No placement, and why. */
export function notPinned(reason: string): CpuPlacement {
  return { serverCpu: null, loadCpu: null, runnerCpu: null, notPinnedBecause: reason }
}
