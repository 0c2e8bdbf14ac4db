import { compareOptions, type OptionRow } from './options.ts'

/** The options as a Markdown table, for the README. */
export function optionsTable(rows: readonly OptionRow[] = compareOptions): string {
  const line = ({ flags, description, shownDefault }: OptionRow) => `| \`${flags}\` | ${description} | ${shownDefault} |`
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows.map(line)].join('\n')
}
