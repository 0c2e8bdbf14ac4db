import type { OptionRow } from '../measure/options.ts'
import { UserError } from '../result/errors.ts'

const ROLES = ['base', 'head'] as const
const HINT = 'write --pair base=koa@2 head=koa@3; both take what --apps takes'

/** `compare -- --pair base=a head=b` is the study `pair` of a and b. */
export const pairOption: OptionRow = {
  flags: '--pair <role=app...>',
  description: 'base=<app> head=<app>: is head more expensive than base?',
  shownDefault: 'no pair',
  parse: (text) => text,
}

/** The two apps, base first. @throws UserError for anything but one of each */
export function appsOfPair(given: readonly string[]): [base: string, head: string] {
  const parts = given.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
  const apps = ROLES.map((role) => parts.filter(([name]) => name === role).map(([, app]) => app))
  const [base, head] = apps.map((own) => (own.length === 1 ? own[0] : undefined))
  if (parts.length !== ROLES.length || !base || !head) {
    throw new UserError('bad-value', `--pair takes base=<app> and head=<app>, not ${given.join(' ')}`, { hint: HINT })
  }
  return [base, head]
}
