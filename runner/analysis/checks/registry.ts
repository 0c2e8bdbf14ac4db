import type { Finding } from '../../result/model.ts'
import { answersKinds } from './answers.ts'
import { conditionsKinds } from './conditions.ts'
import { countsKinds } from './counts.ts'
import { type Facts, type FindingKind, findingOf } from './finding.ts'
import { machineKinds } from './machine.ts'
import { overRoundsKinds } from './over-rounds.ts'
import { crowdingKinds, ownWorkKinds } from './own-work.ts'
import { plausibleKinds } from './plausible.ts'
import { roundsKinds } from './rounds.ts'
import { saturationKinds } from './saturation.ts'

/** Every kind of finding there is; kind, threshold and check stand together. Verdicts follow from these severities alone. */
export const findingKinds = {
  ...saturationKinds,
  ...countsKinds,
  ...answersKinds,
  ...roundsKinds,
  ...ownWorkKinds,
  ...crowdingKinds,
  ...plausibleKinds,
  ...overRoundsKinds,
  ...machineKinds,
  ...conditionsKinds,
} as const satisfies Record<string, FindingKind>

export type FindingCode = keyof typeof findingKinds

/** A finding of a registered kind. */
export const finding: (code: FindingCode, facts: Facts) => Finding = findingOf(findingKinds)
