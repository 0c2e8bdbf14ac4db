import type { Workload } from '../app.ts'
import { hello } from './hello.ts'
import { lookup } from './lookup.ts'
import { table } from './table.ts'
import { template } from './template.ts'

/** The one copy of "your code" that every app is given. */
export const workload: Workload = { hello, template, table, lookup }
