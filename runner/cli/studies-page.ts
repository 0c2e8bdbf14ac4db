import { renderChartFiles } from '../report/charts/chart-files.ts'
import { paragraph, type Section, titled } from '../report/document.ts'
import { verdictLine } from '../report/findings.ts'
import { toMarkdown } from '../report/markdown.ts'
import { answerSections } from '../report/run-blocks.ts'
import { mainFactsLine, reproduceCommand } from '../report/run-facts.ts'
import type { Result } from '../result/model.ts'
import { fileStem, type ReportFile } from '../result/run-folder.ts'

/** Folder of the charts, beside the page; and of the data, as seen from it. */
const CHARTS = 'studies'
const DATA = '../results/published/studies'

/** What the page says of a study whether or not it has been measured. */
export interface StudyEntry {
  readonly id: string
  readonly title: string
  readonly question: string
  /** null: there is no published run of it. */
  readonly result: Result | null
}

const INTRODUCTION = `<!-- Made by \`npm run publish-results -- <run of a study>\` from results/published/studies/. Do not edit. -->

# Studies: what else moves the cost

A comparison asks what a framework costs. These studies ask what stands around it: connections, proxies, payloads, workers, caches,
middleware, and what a visitor feels. They are run by the same engine, with the same pairing, intervals and checks
([methodology](methodology.md)), as \`npm run study -- <name>\`; \`npm run study -- --list\` lists them, and each has its own \`--help\`.
Every figure below is from the run that is named with it, and its data are beside it.`

/** docs/studies.md: every study with the answer of its published run. */
export function renderStudiesPage(studies: readonly StudyEntry[]): string {
  const list = studies.map(({ id, title, question }) => `- [${title}](#${anchor(title)}) (\`${id}\`): ${question}`).join('\n')
  const head: Section = {
    blocks: [
      { kind: 'raw', text: INTRODUCTION },
      { kind: 'raw', text: list },
    ],
  }
  return `${toMarkdown([head, ...studies.flatMap(studySections)])}\n`
}

/** The charts of all published runs; names are relative to the folder of the page. */
export async function renderStudyCharts(studies: readonly StudyEntry[]): Promise<ReportFile[]> {
  const results = studies.flatMap(({ result }) => result ?? [])
  const files = await Promise.all(results.map(renderChartFiles))
  return files.flat().map(({ name, text }) => ({ name: `${CHARTS}/${name}`, text }))
}

function studySections({ id, title, question, result }: StudyEntry): Section[] {
  const again = `npm run study -- ${id}`
  if (result === null)
    return [titled(title, { kind: 'raw', text: `*${question}* Not measured for this page yet: \`${again}\`.` })]
  const data = `Data: [${fileStem(id)}.json](${DATA}/${fileStem(id)}.json). Again:`
  return [
    titled(title),
    ...answerSections(result, CHARTS, 3),
    {
      blocks: [
        paragraph(`${mainFactsLine(result)}. ${verdictLine(result)}`),
        { kind: 'raw', text: data },
        { kind: 'code', text: reproduceCommand(result) },
      ],
    },
  ]
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]+/g, '')
    .replaceAll(' ', '-')
}
