// Writes every generated page of the repository: `npm run docs`.
import { writePages } from './publish.ts'

for (const path of await writePages()) console.log(path)
