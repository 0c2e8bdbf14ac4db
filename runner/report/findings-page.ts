import type { FindingKind } from '../checks/findings/finding-kind.ts'
import { findingKinds } from '../checks/registry.ts'
import { markdownTable } from './markdown.ts'

const columns = ['code', 'severity', 'meaning', 'what to do'].map((head) => ({ head, kind: 'text' as const }))

/** `docs/findings.md`: every kind of finding there is, in the order of the registry. */
export function renderFindingsPage(): string {
  return `# Findings

All codes that a result may hold, made from the registry (\`runner/checks/registry.ts\`) by \`npm run findings\`. The sentence of a finding
has its numbers; \`facts\` in \`result.json\` has them for programs.

**invalid**: the numbers must not be used, and the cell has no rank. **suspect**: read the finding before you quote the number.
**note**: good to know; it changes nothing. The verdict of a cell is its worst finding. How verdicts come about is in
[reading-results.md](reading-results.md#findings-and-verdicts), why the thresholds are what they are in
[methodology.md](methodology.md#validity).

## Of a cell

They stand with the cells they are about.

${table('cell')}

## Of a run

They hold for the whole run, or for all cells of an endpoint, and stand with every cell there.

${table('run')}
`
}

function table(scope: FindingKind['scope']): string {
  const kinds = Object.entries<FindingKind>(findingKinds).filter(([, kind]) => kind.scope === scope)
  return markdownTable(
    columns,
    kinds.map(([code, { severity, meaning, advice }]) => [code, severity, meaning, advice]),
  )
}
