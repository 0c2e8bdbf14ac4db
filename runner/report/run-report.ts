import type { Result } from '../result/model.ts'
import { buildTables, type CellTable } from './cells.ts'
import { type Block, paragraph, type Section, titled } from './document.ts'
import { verdictLine } from './findings.ts'
import { toMarkdown } from './markdown.ts'
import { answerSections, controls, failures, findings } from './run-blocks.ts'
import { mainFacts, methodParagraph, reproduceCommand, runFacts } from './run-facts.ts'
import { summarise } from './summary.ts'
import { type TerminalOptions, toTerminal } from './terminal.ts'

const BETWEEN_SLIDES = '\n\n---\n\n'

/** The result for a person at a terminal; also fit for a file or a pipe, with `colour` false. Ends with a line break. */
export function renderTerminal(result: Result, options: TerminalOptions): string {
  // Of an invalid run, and of a study, summary and verdict would say the same.
  const summary = result.verdict === 'invalid' || result.answer !== null ? [] : [paragraph(summarise(result))]
  const document = [
    { blocks: [{ kind: 'facts', facts: runFacts(result) } as const] },
    ...answerSections(result),
    ...buildTables(result).map(tableSection),
    titled('two copies of one server (A/A)', controls(result)),
    titled('failed', failures(result)),
    titled('findings', findings(result)),
    { blocks: [...summary, paragraph(verdictLine(result), { tone: result.verdict })] },
  ]
  return toTerminal(document, options)
}

/** The result as `report.md`. */
export function renderMarkdown(result: Result): string {
  const title = `What a framework costs: ${result.study}, ${result.startedAt.slice(0, 10)}`
  const head = [paragraph(summarise(result)), { kind: 'facts', facts: runFacts(result) } as const, command(result)]
  const document: Section[] = [
    { title, level: 1, blocks: head },
    ...answerSections(result),
    ...buildTables(result).map(tableSection),
    titled('Two copies of one server (A/A)', controls(result)),
    titled('Failed', failures(result)),
    titled('Findings', findings(result)),
    { blocks: [verdict(result)] },
    titled('Method', paragraph(methodParagraph(result))),
  ]
  return `${toMarkdown(document)}\n`
}

/** One table alone, to paste into another page: that of an endpoint, or null for the one over all endpoints; empty when there is none. */
export function renderMarkdownTable(result: Result, endpoint: string | null): string {
  return toMarkdown(
    buildTables(result)
      .filter((table) => table.endpoint === endpoint)
      .map(untitledTable),
  )
}

/** The run as Markdown for reveal.js (`data-separator="^\n---\n"`): a sentence, the chart, a table per slide, how it was measured. */
export function renderSlides(result: Result): string {
  const chart = '![CPU µs per request over the baseline, by app and endpoint](overhead-light.svg)'
  const compared: Section[] = [
    titled('What a framework costs', paragraph(summarise(result))),
    { blocks: result.verdict === 'invalid' ? [] : [{ kind: 'raw', text: chart }] },
    ...buildTables(result).map(untitledTable),
  ]
  const slides: Section[] = [
    ...(result.answer === null ? compared : answerSections(result).flatMap(blocksApart)),
    titled('How it was measured', { kind: 'facts', facts: mainFacts(result) }, command(result), verdict(result)),
  ]
  const texts = slides.map((slide) => toMarkdown([slide])).filter((text) => text !== '')
  return `${texts.join(BETWEEN_SLIDES)}\n`
}

/** A slide for each block of a section, the first with its heading. */
function blocksApart({ blocks, ...head }: Section): Section[] {
  return blocks.map((block, index) => ({ ...(index === 0 ? head : {}), blocks: [block] }))
}

function tableSection(table: CellTable): Section {
  return titled(table.title, { kind: 'cells', table })
}

/** Without a heading of its own, wherever it goes. */
export function untitledTable(table: CellTable): Section {
  return { blocks: [paragraph(table.title, { strong: true }), { kind: 'cells', table }] }
}

function verdict(result: Result): Block {
  return paragraph(verdictLine(result), { strong: true })
}

function command(result: Result): Block {
  return { kind: 'code', text: reproduceCommand(result) }
}
