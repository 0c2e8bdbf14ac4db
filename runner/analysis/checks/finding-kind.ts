import type { Finding, Severity } from '../../result/model.ts'

export type Facts = Finding['facts']

/** What a kind of finding always says. */
export interface FindingKind {
  readonly severity: Severity
  /** `cell`: about single cells. `run`: about the run or an endpoint of it; it holds for every cell there. */
  readonly scope: 'cell' | 'run'
  /** What it says and what it does not, and the threshold with its origin; one to three sentences. */
  readonly meaning: string
  /** The sentence, with its numbers. */
  message(facts: Facts): string
  /** What to do. */
  readonly advice: string
}

/** `98.6 %` of a share from 0 to 1. */
export function percent(share: unknown, digits = 1): string {
  return `${(Number(share) * 100).toFixed(digits)} %`
}

/** `1.0123` */
export function fixed(value: unknown, digits: number): string {
  return Number(value).toFixed(digits)
}

/** `+1.2 %` of percent. */
export function signed(value: unknown, digits: number): string {
  const text = fixed(value, digits)
  return `${Number(value) > 0 ? '+' : ''}${text} %`
}

/** `0.0123`, `below 0.0001` */
export function probability(value: unknown): string {
  return Number(value) < 0.0001 ? 'below 0.0001' : fixed(value, 4)
}

/** Makes findings of some kinds. */
export function findingOf<Kinds extends Readonly<Record<string, FindingKind>>>(kinds: Kinds) {
  return (code: keyof Kinds & string, facts: Facts): Finding => {
    const { severity, message, advice } = kinds[code]!
    return { code, severity, message: message(facts), advice, facts }
  }
}
