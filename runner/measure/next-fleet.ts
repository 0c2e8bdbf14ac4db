import { type Fleet, startFleet } from './fleet.ts'
import type { PlannedRound } from './plan.ts'
import type { RunContext } from './rig.ts'

/** Starts the fleets of rounds; that of the next one early, while the servers of this one rest and no slice is open. */
export class Fleets {
  readonly #context: RunContext
  #early: { readonly key: string; readonly starting: Promise<Fleet> } | null = null

  constructor(context: RunContext) {
    this.#context = context
  }

  /** Begins to start what a later `take` of the same round will ask for. Rejects nothing: whoever takes it is told. */
  prepare(planned: PlannedRound): void {
    // Processes that are watched while they come up have the CPUs to themselves.
    if (this.#early !== null || this.#context.plan.processRecords !== undefined) return
    const starting = this.#start(planned)
    starting.catch(() => {})
    this.#early = { key: this.#keyOf(planned), starting }
  }

  /** The fleet of a round. Where another one was prepared, because apps have failed or rounds were cut anew since, that one is stopped. */
  async take(planned: PlannedRound): Promise<Fleet> {
    const early = this.#early
    if (early?.key !== this.#keyOf(planned)) {
      await this.stop()
      return await this.#start(planned)
    }
    this.#early = null
    return await early.starting
  }

  /** Stops what was prepared and not taken. */
  async stop(): Promise<void> {
    const early = this.#early
    this.#early = null
    await (await early?.starting.catch(() => null))?.stop()
  }

  #start(planned: PlannedRound): Promise<Fleet> {
    const { rig, plan, failures } = this.#context
    return startFleet(rig, plan, planned, failures.wholeApps)
  }

  #keyOf({ round, startOrder }: PlannedRound): string {
    return JSON.stringify([round, startOrder, [...this.#context.failures.wholeApps]])
  }
}
