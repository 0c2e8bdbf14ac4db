import type { RunDiff } from '../diff/diff-command.ts'

/** How two runs side by side can be shown. What makes one is loaded with it: `--help` needs the names alone. */
export const diffFormats = {
  async text(diff) {
    const { renderDiff } = await import('./diff-report.ts')
    return renderDiff(diff)
  },
  async md(diff) {
    const { renderDiffMarkdown } = await import('./diff-report.ts')
    return renderDiffMarkdown(diff)
  },
  async json(diff) {
    const { diffForPrograms } = await import('./diff-report.ts')
    const { prettyJson } = await import('./json.ts')
    return prettyJson(diffForPrograms(diff))
  },
} as const satisfies Record<string, (diff: RunDiff) => Promise<string>>

export type DiffFormat = keyof typeof diffFormats
export const diffFormatIds = Object.keys(diffFormats) as DiffFormat[]
