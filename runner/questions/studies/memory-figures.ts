import type { LifeFigure } from './lives.ts'

/** One figure of the memory study. */
export interface MemoryFigure {
  /** In a table. */
  readonly head: string
  /** In a sentence, after a number. */
  readonly words: string
  readonly unit: 'MiB' | 'ms'
  readonly of: LifeFigure
}

const MEBIBYTE = 2 ** 20

export function mebibytes(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / MEBIBYTE
}

/** Resident memory, by what the process has been through. */
export const residentFigures: readonly MemoryFigure[] = [
  { head: 'idle', words: 'when idle', unit: 'MiB', of: ({ idle }) => mebibytes(idle?.residentBytes) },
  { head: 'under load', words: 'under load', unit: 'MiB', of: ({ loaded }) => mebibytes(loaded?.residentBytes) },
  { head: 'at rest after it', words: 'at rest after it', unit: 'MiB', of: ({ rested }) => mebibytes(rested?.residentBytes) },
]

/** Of it, under load, what belongs to no file. */
export const anonymousFigure: LifeFigure = ({ loaded }) => mebibytes(loaded?.anonymousBytes)

export const listens: MemoryFigure = {
  ...{ head: 'listens after', words: 'until it listens', unit: 'ms' },
  of: ({ startMilliseconds }) => startMilliseconds,
}

export const answers: MemoryFigure = {
  ...{ head: 'first answer after', words: 'until its first answer', unit: 'ms' },
  of: ({ firstAnswerMilliseconds }) => firstAnswerMilliseconds,
}

const cpuTime: MemoryFigure = {
  ...{ head: 'CPU time until then', words: 'of CPU time until then', unit: 'ms' },
  // Where nothing is metered it is 0, which is no time.
  of: ({ firstAnswerCpuMilliseconds }) => firstAnswerCpuMilliseconds || null,
}

export const startFigures: readonly MemoryFigure[] = [listens, answers, cpuTime]
