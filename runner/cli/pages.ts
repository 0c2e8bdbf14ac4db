import { basename } from 'node:path'
import type { FindingKind } from '../analysis/checks/finding.ts'
import { findingKinds } from '../analysis/checks/judge.ts'
import { type GroupedProbe, probes } from '../machine/machine.ts'
import { compareOptions, type OptionRow, resumeOption } from '../measure/options.ts'
import type { Study } from '../questions/studies/study.ts'
import { buildTables } from '../report/cells.ts'
import { renderChartFiles } from '../report/charts/chart-files.ts'
import { type Block, paragraph, type Section, texts, textTable, titled } from '../report/document.ts'
import { verdictLine } from '../report/findings.ts'
import { toMarkdown } from '../report/markdown.ts'
import { answerSections } from '../report/run-blocks.ts'
import { mainFactsLine, reproduceCommand } from '../report/run-facts.ts'
import { untitledTable } from '../report/run-report.ts'
import { RunError } from '../result/errors.ts'
import { FactGroup } from '../result/fact.ts'
import type { Result } from '../result/model.ts'
import { fileStem, type ReportFile } from '../result/run-folder.ts'

/** What each fact means, as Markdown: a list for every group, made from the registry. For the region `facts` of docs/doctor.md. */
export function renderFactsPage(all: readonly GroupedProbe[] = probes): string {
  return FactGroup.options
    .map((group) => [`### ${group}`, ...all.filter((probe) => probe.group === group).map(factEntry)].join('\n\n'))
    .join('\n\n')
}

function factEntry({ id, title, why, good, source, measured }: GroupedProbe): string {
  const howRead = measured === true ? `Measured: ${source}` : `Read from ${source}`
  return `**${title}** (\`${id}\`). ${why} Good: ${good}. ${howRead}.`
}

/** `docs/findings.md`: every kind of finding there is, in the order of the registry. */
export function renderFindingsPage(): string {
  return `# Findings

All codes that a result may contain, made from the registry (\`runner/analysis/checks/judge.ts\`) by \`npm run docs\`. The sentence of a finding
has its numbers; \`facts\` in \`result.json\` has them for programs.

**invalid**: the numbers must not be used, and the cell has no rank. **suspect**: read the finding before you quote the number.
**note**: good to know; it changes nothing. The verdict of a cell is its worst finding. How verdicts come about is in
[reading-results.md](reading-results.md#findings-and-verdicts), why the thresholds are what they are in
[methodology.md](methodology.md#validity).

## Of a cell

They are listed with the cells that they concern.

${table('cell')}

## Of a run

They apply to the whole run, or to all cells of an endpoint, and are listed with every cell there.

${table('run')}
`
}

function table(scope: FindingKind['scope']): string {
  const kinds = Object.entries<FindingKind>(findingKinds).map(([code, kind]) => ({ code, ...kind }))
  return tableOf(
    kinds.filter((kind) => kind.scope === scope),
    { code: 'code', severity: 'severity', meaning: 'meaning', advice: 'what to do' },
  )
}

/** The studies as a Markdown table, for the README. */
export function studiesTable(studies: readonly Pick<StudyEntry, 'id' | 'question'>[]): string {
  return tableOf(studies, { id: 'study', question: 'question' })
}

/** @param heads of the columns, by the member that each shows */
function tableOf<Name extends string>(
  rows: readonly Readonly<Record<NoInfer<Name>, string>>[],
  heads: Readonly<Record<Name, string>>,
): string {
  const names = Object.keys(heads) as Name[]
  return toMarkdown([
    {
      blocks: [
        textTable(
          rows,
          names.map((name) => texts(heads[name], (row) => row[name])),
        ),
      ],
    },
  ])
}

/** The options as a Markdown table, for the README. */
export function optionsTable(rows: readonly OptionRow[] = [...compareOptions, resumeOption]): string {
  const line = ({ flags, description, shownDefault }: OptionRow) => `| \`${flags}\` | ${description} | ${shownDefault} |`
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows.map(line)].join('\n')
}

/**
 * Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->` in a document.
 * @throws RunError when the document has no such region
 */
export function replaceRegion(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from < 0 || to < from)
    throw new RunError('no-region', `the document has no region "${name}": it needs the lines ${start} and ${end}`)
  return `${document.slice(0, from + start.length)}\n\n${content.trim()}\n\n${document.slice(to)}`
}

/** Folder of the charts, beside the page; and of the data, as seen from it. */
const CHARTS = 'studies'
const DATA = '../results/published/studies'
const EXAMPLES = '../results/published/any-server'

/** What the page says of a study whether or not it has been measured. */
export interface StudyEntry {
  readonly id: string
  readonly title: string
  readonly question: string
  /** Where it is shown; absent: among the studies. */
  readonly page?: Study['page']
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
export function renderStudiesPage(all: readonly StudyEntry[]): string {
  const studies = all.filter(({ page }) => page === undefined)
  const list = studies.map(({ id, title, question }) => `- [${title}](#${anchor(title)}) (\`${id}\`): ${question}`).join('\n')
  const head: Section = { blocks: [{ kind: 'raw', text: `${INTRODUCTION}\n\n${list}` }] }
  return `${toMarkdown([head, ...studies.flatMap(studySections)])}\n`
}

/** Every study of docs/origins.md, by the region that it stands in. */
export function originRegions(all: readonly StudyEntry[]): Record<string, string> {
  const shown = all.filter(({ page }) => page === 'origins')
  return Object.fromEntries(shown.map((entry) => [entry.id, toMarkdown(studySections(entry).slice(1))]))
}

/** A run in a page that is about something else: its tables, what they are worth, and where they come from. */
export function renderExampleRun(result: Result, name: string): string {
  const { answer } = result
  const tables =
    answer === null ? buildTables(result).map(untitledTable) : answerSections({ answer: { ...answer, charts: [] } }, CHARTS, 3)
  return toMarkdown([...tables, provenance(result, `${EXAMPLES}/${name}.json`)])
}

/** What a run is worth, its data, and the command that asks for the same again. @param path of its result, as seen from the page */
function provenance(result: Result, path: string): Section {
  const facts = paragraph(`${mainFactsLine(result)}. ${verdictLine(result)}`)
  const data: Block = { kind: 'raw', text: `Data: [${basename(path)}](${path}). Again:` }
  return { blocks: [facts, data, { kind: 'code', text: reproduceCommand(result) }] }
}

/** The charts of all published runs; names are relative to the folder of the page. */
export async function renderStudyCharts(studies: readonly StudyEntry[]): Promise<ReportFile[]> {
  const results = studies.flatMap(({ result }) => result ?? [])
  const files = await Promise.all(results.map(renderChartFiles))
  return files.flat().map(({ name, text }) => ({ name: `${CHARTS}/${name}`, text }))
}

function studySections({ id, title, question, result }: StudyEntry): Section[] {
  if (result === null) {
    const text = `*${question}* Not measured for this page yet: \`npm run study -- ${id}\`.`
    return [titled(title), { blocks: [{ kind: 'raw', text }] }]
  }
  return [titled(title), ...answerSections(result, CHARTS, 3), provenance(result, `${DATA}/${fileStem(id)}.json`)]
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]+/g, '')
    .replaceAll(' ', '-')
}
