import { costSection } from './cost-section.ts'
import { identicalSection } from './identical-section.ts'
import { invarianceSection } from './invariance-section.ts'
import { kindsSection } from './kinds-section.ts'
import { outsideSection } from './outside-section.ts'
import { plantedSection } from './planted-section.ts'
import type { SectionMaker } from './section.ts'
import { todaySection } from './today-section.ts'
import { warmUpSection } from './warm-up-section.ts'

/** All sections in the order of the page. */
export const sections: readonly SectionMaker[] = [
  outsideSection,
  identicalSection,
  plantedSection,
  kindsSection,
  todaySection,
  invarianceSection,
  costSection,
  warmUpSection,
]
