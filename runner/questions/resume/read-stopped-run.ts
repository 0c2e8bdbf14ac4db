import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type RoundRecord, type RunState, readSamples, restoreRound, type Slice, StoredRound } from '../../measure/records.ts'
import type { KeptRounds } from '../../report/files.ts'
import { UserError } from '../../result/errors.ts'
import { readRun } from '../../result/json.ts'
import { readJsonLines } from '../../result/json-lines.ts'
import type { Result } from '../../result/model.ts'
import { ROUNDS, SAMPLES } from '../../result/run-folder.ts'

/** A run that was stopped before its end, with everything that is needed to go on. */
export interface StoppedRun {
  readonly folder: string
  readonly result: Result
  /** Finished rounds, the first first; at least one. */
  readonly records: readonly RoundRecord[]
  readonly state: RunState
  readonly elapsedNs: number
  /** What its files have to hold before anything is added to them; null: they hold it already. */
  readonly repair: KeptRounds | null
}

/** Ends after which there is nothing left to do. */
const FINISHED = new Set(['precision', 'rounds', 'only-baseline'])

/**
 * Reads a stopped run of a question back.
 * @throws {UserError} `other-question` when it is of another one, `run-finished` when it is complete, `nothing-to-resume` when no round of it was kept, and what `readRun` throws
 */
export async function readStoppedRun(run: string, question: string): Promise<StoppedRun> {
  const known = await readRun(run)
  const { result } = known
  // `latest` is a link that will be set again: to itself, if it were taken for the folder.
  const folder = await realpath(known.folder)
  if (result.study !== question) {
    throw new UserError('other-question', `the run in ${folder} is one of ${result.study}, not of ${question}`, {
      hint: `npm run ${result.study === 'compare' ? 'compare --' : `study -- ${result.study}`} --resume <run> goes on with it`,
    })
  }
  if (FINISHED.has(result.stoppedBecause)) {
    throw new UserError('run-finished', `the run in ${folder} is finished: there is nothing to resume`, {
      hint: 'start a new one; npm run diff compares the two',
    })
  }
  const stored: object[] = []
  const rounds: ReturnType<typeof StoredRound.parse>[] = []
  // A runner that is killed while it writes leaves half an entry.
  let isDamaged = false
  const damaged = () => {
    isDamaged = true
  }
  for await (const line of readJsonLines(join(folder, ROUNDS), damaged)) {
    const parsed = StoredRound.safeParse(line)
    // A hole would shift all later rounds: only what follows on each other counts.
    if (!parsed.success || parsed.data.round !== rounds.length + 1) continue
    stored.push(line)
    rounds.push(parsed.data)
  }
  const samples: Slice[] = []
  for await (const slice of readSamples(join(folder, SAMPLES), damaged)) samples.push(slice)
  const slices = Map.groupBy(samples, ({ round }) => round)
  const last = rounds.at(-1)
  if (last === undefined || rounds.some(({ round }) => !slices.has(round))) {
    throw new UserError('nothing-to-resume', `no finished round of the run in ${folder} was kept`, {
      hint: existsSync(join(folder, ROUNDS))
        ? `${ROUNDS} and ${SAMPLES} do not belong together; start a new run`
        : 'it was measured by a suite that could not resume; start a new run',
    })
  }
  const records = rounds.map((one) => restoreRound(one, slices.get(one.round)!))
  // Slices of a round that was not finished have to go: the round will be measured again.
  const isLoose = [...slices.keys()].some((round) => round > last.round)
  return {
    folder,
    result,
    elapsedNs: last.elapsedNs,
    records,
    state: last.state,
    repair: isLoose || isDamaged ? { slices: records.map((record) => record.slices), stored } : null,
  }
}
