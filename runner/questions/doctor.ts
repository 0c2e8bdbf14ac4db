import { cpuModel, readFacts, suiteVersion } from '../machine/machine.ts'
import { type Machine, thisMachine } from '../machine/machine-reader.ts'
import { type MachineMeasurement, measureMachine, scoreOf } from '../machine/measure-machine.ts'
import { type CpuPlacement, pinRunner, placeOnCpus } from '../machine/placement.ts'
import { withDefaults } from '../measure/options.ts'
import type { Examination } from '../result/fact.ts'
import { knownApps } from '../servers/find-app.ts'

/** About how long it takes on a machine of our time, seconds; some fifteen on a slow one. */
export const EXAMINATION_SECONDS = 8

/**
 * Is this machine fit for measuring? Reads what the machine tells, and measures for some seconds what it does not. Changes nothing,
 * apart from pinning this process.
 * @throws RunError when the fixed work cannot be done
 */
export async function examineMachine(takenAt: Date): Promise<Examination> {
  const startedAt = performance.now()
  // As a comparison does that is told nothing else.
  const placement = placeOnCpus(thisMachine, Number.POSITIVE_INFINITY)
  pinRunner(placement)
  const measurement = await measureMachine(placement)
  return examinationOf({ machine: thisMachine, placement, takenAt, seconds: (performance.now() - startedAt) / 1000 }, measurement)
}

/** One examination from what was found; pure, apart from reading the machine that is passed in. */
export function examinationOf(
  { machine, placement, takenAt, seconds }: { machine: Machine; placement: CpuPlacement; takenAt: Date; seconds: number },
  { measured, workMicroseconds }: MachineMeasurement,
): Examination {
  const { connections } = withDefaults({}, knownApps(), 0)
  return {
    format: 1,
    takenAt: takenAt.toISOString(),
    seconds,
    suiteVersion: suiteVersion(machine),
    node: machine.nodeVersion,
    kernel: machine.kernelRelease,
    cpuModel: cpuModel(),
    fit: placement.notPinnedBecause === null,
    notFitBecause: placement.notPinnedBecause,
    facts: readFacts({ machine, placement, connections, measured }),
    speedScore: scoreOf(workMicroseconds),
  }
}
