/** How long a warm-up may be: milliseconds of the CPU time of a process. */
export interface WarmUpLimits {
  readonly least: number
  readonly most: number
}

/** Where the kernel does not say how much of it the compiler takes. */
const UNSEEN_COMPILER_MILLISECONDS = 2_400
/** A stranger is warm when its cost has fallen by no more than this share from one such time to the next, twice in a row. */
export const LEVEL = { share: 0.02, milliseconds: 700 }
/** The compiler is done when it and the garbage collector have taken no more than this share of the latest CPU time. */
const COMPILED = { share: 0.01, milliseconds: 400 }

/** The ramps of a turn are not all work; no turn more because of them. */
const ENOUGH = 0.97

/** What tells that a process is warm; null: it cannot tell. */
interface WarmthWatch {
  readonly isDone: boolean | null
}

/** Whether a process is warm. @param worked CPU milliseconds of it so far */
export function isWarm(worked: number, { isDone }: WarmthWatch, { least, most }: WarmUpLimits): boolean {
  const unseen = Math.max(least, Math.min(UNSEEN_COMPILER_MILLISECONDS, most))
  return worked >= (isDone === false ? most : isDone === null ? unseen : least) * ENOUGH
}

/** Whether the cost of a process has come to a level, where nothing tells what its compiler does. It is the cost of all its requests together. */
export class CostWatch implements WarmthWatch {
  readonly #readings: { readonly worked: number; readonly requests: number }[] = [{ worked: 0, requests: 0 }]

  /** @param worked CPU milliseconds of the process so far, @param requests that it has answered by then */
  note(worked: number, _helperNs: number | null, requests: number): void {
    this.#readings.push({ worked, requests })
  }

  get isDone(): boolean {
    const { worked } = this.#readings.at(-1)!
    const ends = [3, 2, 1, 0].map((times) => this.#readings.findLast((one) => one.worked <= worked - times * LEVEL.milliseconds))
    if (ends[0] === undefined) return false
    const [first, second, third] = [0, 1, 2].map((index) => {
      const [from, to] = [ends[index]!, ends[index + 1]!]
      return (to.worked - from.worked) / Math.max(1, to.requests - from.requests)
    }) as [number, number, number]
    const isLevel = (before: number, after: number) => after >= before * (1 - LEVEL.share)
    return isLevel(first, second) && isLevel(second, third)
  }
}

/** Whether the compiler of a process has come to rest. */
export class CompilerWatch implements WarmthWatch {
  readonly #readings: { readonly worked: number; readonly helperNs: number }[] = [{ worked: 0, helperNs: 0 }]
  #isSeen = false

  /**
   * @param worked CPU milliseconds of the process so far
   * @param helperNs of V8's compiler and garbage collector on threads of their own so far; null: unknown
   */
  note(worked: number, helperNs: number | null): void {
    this.#isSeen = helperNs !== null
    if (helperNs !== null) this.#readings.push({ worked, helperNs })
  }

  /** null: nobody says what it does. */
  get isDone(): boolean | null {
    if (!this.#isSeen) return null
    const last = this.#readings.at(-1)!
    const from = this.#readings.findLast(({ worked }) => worked <= last.worked - COMPILED.milliseconds)
    return from !== undefined && (last.helperNs - from.helperNs) / 1e6 <= COMPILED.share * (last.worked - from.worked)
  }
}
