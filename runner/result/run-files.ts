/** A run's result, in its folder. */
export const RESULT = 'result.json'
/** Every slice of a run, beside its result. */
export const SAMPLES = 'samples.jsonl.gz'
/** What every finished round has brought beside its slices: with it, a stopped run can go on. */
export const ROUNDS = 'rounds.jsonl.gz'

/** A name as the first part of a file's name: no path, no surprises. */
export function fileStem(name: string): string {
  return name.replace(/[^a-zA-Z0-9-]+/g, '-').slice(0, 80) || 'unnamed'
}

/** A file of a run. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}
