import { costPage } from './cost.ts'
import { identicalPage } from './identical.ts'
import { invariancePage } from './invariance.ts'
import { kindsPage } from './kinds.ts'
import { outsidePage } from './outside.ts'
import type { AnyPartPage } from './part-page.ts'
import { plantedPage } from './planted.ts'
import { todayPage } from './today.ts'
import { warmUpPage } from './warm-up.ts'

/** What every part says, in the order of the page. */
export const partPages: readonly AnyPartPage[] = [
  outsidePage,
  identicalPage,
  plantedPage,
  kindsPage,
  todayPage,
  invariancePage,
  costPage,
  warmUpPage,
]
