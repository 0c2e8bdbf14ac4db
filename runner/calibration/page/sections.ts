import { costSection } from './cost-section.ts'
import { identicalSection } from './identical-section.ts'
import { invarianceSection } from './invariance-section.ts'
import { plantedSection } from './planted-section.ts'
import type { SectionMaker } from './section.ts'
import { todaySection } from './today-section.ts'
import { warmUpSection } from './warm-up-section.ts'

/** All sections in the order of the page. */
export const sections: readonly SectionMaker[] = [
  identicalSection,
  plantedSection,
  todaySection,
  invarianceSection,
  costSection,
  warmUpSection,
]
