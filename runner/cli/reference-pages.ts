import type { FindingKind } from '../analysis/checks/finding.ts'
import { findingKinds } from '../analysis/checks/judge.ts'
import { type GroupedProbe, probes } from '../machine/machine.ts'
import { compareOptions, type OptionRow, resumeOption } from '../measure/options.ts'
import { texts, textTable } from '../report/document.ts'
import { toMarkdown } from '../report/markdown.ts'
import { RunError } from '../result/errors.ts'
import { FactGroup } from '../result/fact.ts'

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
  const kinds = Object.entries<FindingKind>(findingKinds).filter(([, kind]) => kind.scope === scope)
  const columns = [
    texts<(typeof kinds)[number]>('code', ([code]) => code),
    texts<(typeof kinds)[number]>('severity', ([, { severity }]) => severity),
    texts<(typeof kinds)[number]>('meaning', ([, { meaning }]) => meaning),
    texts<(typeof kinds)[number]>('what to do', ([, { advice }]) => advice),
  ]
  return toMarkdown([{ blocks: [textTable(kinds, columns)] }])
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
