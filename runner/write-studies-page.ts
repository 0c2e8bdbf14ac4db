import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { publishedStudies, renderStudyPages } from './publish-study.ts'
import { writeAtomically } from './report/atomic-write.ts'

for (const { path, text } of await renderStudyPages(await publishedStudies())) {
  await mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, text)
}
