import type { Result } from '../result/model.ts'
import { escapeMarkdown, renderMarkdownTable } from './markdown.ts'
import { reproduceCommand } from './method.ts'
import { MAIN_FACTS, runFacts } from './run-facts.ts'
import { summarise } from './summary.ts'
import { verdictLine } from './verdict-line.ts'

const BETWEEN_SLIDES = '\n\n---\n\n'

/** The run as Markdown for reveal.js (`data-separator="^\n---\n"`): a sentence, the chart, a table per slide, how it was measured. */
export function renderSlides(result: Result): string {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const tables = [...endpoints, null].map((endpoint) => renderMarkdownTable(result, endpoint))
  const facts = runFacts(result)
    .filter(({ name }) => MAIN_FACTS.includes(name))
    .map(({ name, text }) => `- **${name}**: ${escapeMarkdown(text)}`)
  const slides = [
    `## What a framework costs\n\n${escapeMarkdown(summarise(result))}`,
    ...(result.verdict === 'invalid' ? [] : ['![CPU µs per request over the baseline, by app and endpoint](overhead-light.svg)']),
    ...tables,
    `## How it was measured\n\n${facts.join('\n')}\n\n\`\`\`sh\n${reproduceCommand(result)}\n\`\`\`\n\n**${escapeMarkdown(verdictLine(result))}**`,
  ]
  return `${slides.filter((slide) => slide !== '').join(BETWEEN_SLIDES)}\n`
}
