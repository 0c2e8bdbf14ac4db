import { readFile } from 'node:fs/promises'
import type { SliceDistribution } from '../../analysis/slice-distribution.ts'
import { appId, appName, formatLevel } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { measuredEndpoints, overheadChart, roundsChart, slicesChart } from '../charts/cell-charts.ts'
import { shareChart, shareSentence } from '../charts/share-chart.ts'
import { type Block, type Document, type Fact, paragraph, type ReportChart } from '../document.ts'
import { escapeHtml } from '../escape-html.ts'
import { verdictInShort, verdictLine } from '../findings.ts'
import { answerSections, controls, failures, findings } from '../run-blocks.ts'
import { methodParagraph, reproduceCommand, runFacts, utcMinute } from '../run-facts.ts'
import { summarise } from '../summary.ts'
import { cellTable, referenceViews } from './cell-table.ts'
import { paragraphHtml, themeStyle, toHtml } from './to-html.ts'

const LONGEST_FACT = 300

const file = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')
const note = (text: string) => paragraph(text, { tone: 'note' })

/**
 * The run as one page that works from disk, without network: style, script, charts and data are in it.
 * @param distributions how slices spread, from the samples of the run; empty when there are none
 */
export async function renderReportPage(result: Result, distributions: readonly SliceDistribution[]): Promise<string> {
  const [style, script] = await Promise.all([file('page.css'), file('page-client.js')])
  const title = escapeHtml(`What a framework costs: ${plainText(result.study, 40)}, ${result.startedAt.slice(0, 10)}`)
  const suite = plainText(result.environment.suiteVersion, 40)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>
${themeStyle()}${style}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="facts">${escapeHtml(`${utcMinute(result.startedAt)}, ${result.rounds} rounds, suite ${suite}`)} <span class="verdict ${result.verdict}">${verdictInShort(result)}</span></p>
${paragraphHtml(summarise(result), 'lead')}
</header>
${await toHtml(sections(result, distributions))}
</main>
<div id="tip" role="status" hidden></div>
<script type="application/json" id="views">${referenceViews(result)}</script>
<script type="module">
${script}</script>
</body>
</html>
`
}

function sections(result: Result, distributions: readonly SliceDistribution[]): Document {
  const perEndpoint = (specOf: (endpoint: string) => ReportChart['spec']) =>
    measuredEndpoints(result).map((endpoint) => ({ title: plainText(endpoint, 40), spec: specOf(endpoint) }))
  const overhead = perEndpoint((endpoint) => overheadChart(result, endpoint))
  const share = { title: '', spec: shareChart(result) }
  const rounds = result.apps.map(({ id }) => ({ title: appName(result, id), spec: roundsChart(result, id) }))
  const level = formatLevel(result.cells.find((cell) => cell.state === 'measured')?.cost.level ?? 0.95)
  const section = (id: string, title: string, ...blocks: readonly Block[]) => ({ id, title, blocks })
  return [
    ...answerSections(result),
    section(
      'cost',
      `CPU µs per request over ${appId(result.baseline)}`,
      overhead.every(({ spec }) => spec === null)
        ? note('There is nothing to draw: no cell has a rank.')
        : note(
            `One small dot is one process, the first round on top; large ones are means with ${level} intervals. Less is better. What is invalid is not drawn.`,
          ),
      { kind: 'charts', charts: overhead },
    ),
    section(
      'table',
      'All figures',
      note(
        'Grey rows cannot be told apart from the reference. Point at a figure, or tap it, for what is behind it. Struck through: invalid, not ranked.',
      ),
      { kind: 'raw', text: cellTable(result) },
    ),
    section('matter', 'Does the framework matter here?', paragraph(shareSentence(result)), { kind: 'charts', charts: [share] }),
    section('failed', 'What failed', failures(result)),
    section('findings', 'Findings', findings(result, 'No check found anything.')),
    section('identical', 'Two copies of one server (A/A)', controls(result)),
    section(
      'slices',
      'How slices spread',
      distributions.length === 0
        ? note('The samples of this run (samples.jsonl.gz) were not found beside it.')
        : note(
            'CPU µs per request of single slices: 5 to 95 % (line), the middle half (bar), the median (tick). Intervals are made from rounds, not from slices.',
          ),
      { kind: 'charts', charts: perEndpoint((endpoint) => slicesChart(result, distributions, endpoint)) },
    ),
    section(
      'rounds',
      'Cost over rounds',
      ...(rounds.every(({ spec }) => spec === null)
        ? []
        : [
            note(
              'How far the cost of every round is from its mean. One dot is one process of the app, or the mean of two of the baseline. A round has fresh processes, which differ by themselves, and another moment of the machine, which moves all apps alike.',
            ),
          ]),
      { kind: 'charts', charts: rounds, small: true },
    ),
    section('environment', 'Environment', { kind: 'facts', facts: environmentFacts(result) }),
    section(
      'again',
      'Measure it again',
      { kind: 'code', text: reproduceCommand(result) },
      note(methodParagraph(result)),
      paragraph(verdictLine(result)),
    ),
  ]
}

/** Everything that is known about the machine and the run. */
function environmentFacts(result: Result): Fact[] {
  const { poor, facts } = result.environment
  const all = [
    ...runFacts(result),
    ...poor.map((text) => ({ name: 'poor', text })),
    ...facts.map(({ id, value, grade }) => ({ name: id, text: `${value}${grade === 'poor' ? ' (poor)' : ''}` })),
  ]
  return all.map(({ name, text }) => ({ name: plainText(name, LONGEST_FACT), text: plainText(text, LONGEST_FACT) }))
}
