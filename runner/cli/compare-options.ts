import type { OptionRow } from '../measure/options.ts'
import type { AskedApp } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import { list } from '../result/option-values.ts'

const ROLES = ['base', 'head'] as const
const HINT = 'write --pair base=koa@2 head=koa@3; both take what --apps takes'

type Pair = Readonly<Record<(typeof ROLES)[number], AskedApp>>

/** A file in place of a long command line. */
export const configOption: OptionRow = {
  flags: '--config <file>',
  description: 'take options from a JSON file, or those of an earlier run from its result.json; what is given beside it wins',
  shownDefault: 'none',
  parse: (text) => text,
}

/** `compare -- --node 22,24` is the study `runtimes` of these versions. */
export const nodeOption: OptionRow = {
  flags: '--node <list>',
  description: 'versions of Node to run all apps on',
  shownDefault: 'this one',
  parse: (text) => list(text).map((version) => `node@${version}`),
}

/** `compare -- --pair base=a head=b` is the study `pair` of a and b. */
export const pairOption: OptionRow = {
  flags: '--pair <role=app...>',
  description: 'base=<app> head=<app>: is head more expensive than base?',
  shownDefault: 'no pair',
  parse: (text) => text,
}

/** The two apps, base first. @param given as on the command line, or in a file @throws UserError for anything but one of each */
export function appsOfPair(given: readonly string[] | Pair): [base: AskedApp, head: AskedApp] {
  if ('base' in given) return [given.base, given.head]
  const parts = given.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
  const apps = ROLES.map((role) => parts.filter(([name]) => name === role).map(([, app]) => app))
  const [base, head] = apps.map((own) => (own.length === 1 ? own[0] : undefined))
  if (parts.length !== ROLES.length || !base || !head) {
    throw new UserError('bad-value', `--pair takes base=<app> and head=<app>, not ${given.join(' ')}`, { hint: HINT })
  }
  return [base, head]
}
