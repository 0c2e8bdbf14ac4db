import { compareOptions, type OptionRow, resumeOption } from './options.ts'

/** The options as a Markdown table, for the README. */
export function optionsTable(rows: readonly OptionRow[] = [...compareOptions, resumeOption]): string {
  const line = ({ flags, description, shownDefault }: OptionRow) => `| \`${flags}\` | ${description} | ${shownDefault} |`
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows.map(line)].join('\n')
}
