import { readFile } from 'node:fs/promises'
import type { SliceDistribution } from '../../analysis/slice-distribution.ts'
import { appId, appName } from '../../result/app-name.ts'
import { formatLevel } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { answerChart } from '../charts/answer-chart.ts'
import { measuredEndpoints } from '../charts/cell-rows.ts'
import { overheadChart } from '../charts/overhead-chart.ts'
import { type ChartSpec, renderSvg } from '../charts/render-svg.ts'
import { roundsChart } from '../charts/rounds-chart.ts'
import { shareChart } from '../charts/share-chart.ts'
import { slicesChart } from '../charts/slices-chart.ts'
import { light } from '../charts/theme.ts'
import { escapeHtml } from '../escape-html.ts'
import { utcMinute } from '../run-facts.ts'
import { summarise } from '../summary.ts'
import { answerText } from '../text-table.ts'
import { verdictInShort } from '../verdict-line.ts'
import { cellTable, referenceViews, tableControls } from './cell-table.ts'
import {
  answerTables,
  controlsList,
  environmentList,
  failuresList,
  findingsList,
  paragraph,
  reproduction,
  section,
  shareSentence,
} from './sections.ts'
import { inlineSvg, themeStyle } from './theme-variables.ts'

const file = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/**
 * The run as one page that works from disk, without network: style, script, charts and data are in it.
 * @param distributions how slices spread, from the samples of the run; empty when there are none
 */
export async function renderReportPage(result: Result, distributions: readonly SliceDistribution[]): Promise<string> {
  const [style, script] = await Promise.all([file('page.css'), file('page-client.js')])
  const endpoints = measuredEndpoints(result)
  const baseline = appId(result.baseline)
  const title = `What a framework costs: ${plainText(result.study, 40)}, ${result.startedAt.slice(0, 10)}`
  const level = formatLevel(result.cells.find((cell) => cell.state === 'measured')?.cost.level ?? 0.95)
  const main = await figures(
    endpoints.map((endpoint, index) => ({
      name: `o${index}`,
      title: plainText(endpoint, 40),
      spec: overheadChart(result, endpoint),
    })),
  )
  const share = await figures([{ name: 'share', title: '', spec: shareChart(result) }])
  const spread = await figures(
    endpoints.map((endpoint, index) => ({
      ...{ name: `s${index}`, title: plainText(endpoint, 40), spec: slicesChart(result, distributions, endpoint) },
    })),
  )
  const rounds = await figures(
    result.apps.map(({ id }, index) => ({ name: `r${index}`, title: appName(result, id), spec: roundsChart(result, id) })),
  )
  const body = [
    `<header>\n<h1>${escapeHtml(title)}</h1>`,
    `<p class="facts">${escapeHtml(`${utcMinute(result.startedAt)}, ${result.rounds} rounds, suite ${plainText(result.environment.suiteVersion, 40)}`)} <span class="verdict ${result.verdict}">${verdictInShort(result)}</span></p>`,
    `${paragraph(summarise(result), 'lead')}\n</header>`,
    section('answer', answerText(result.answer?.question ?? ''), await answerParts(result)),
    section('cost', `CPU µs per request over ${baseline}`, [
      paragraph(
        main === ''
          ? 'There is nothing to draw: no cell has a rank.'
          : `One small dot is one process, the first round on top; large ones are means with ${level} intervals. Less is better. What is invalid is not drawn.`,
        'note',
      ),
      grid(main, 'charts'),
    ]),
    section('table', 'All figures', [
      paragraph(
        'Grey rows cannot be told apart from the reference. Point at a figure, or tap it, for what is behind it. Struck through: invalid, not ranked.',
        'note',
      ),
      tableControls(result),
      cellTable(result),
    ]),
    section(
      'matter',
      'Does the framework matter here?',
      share === '' ? [] : [paragraph(shareSentence(result)), grid(share, 'charts')],
    ),
    section('failed', 'What failed', [failuresList(result)]),
    section('findings', 'Findings', [findingsList(result)]),
    section('identical', 'Two copies of one server (A/A)', [controlsList(result)]),
    section('slices', 'How slices spread', [
      distributions.length === 0
        ? paragraph('The samples of this run (samples.jsonl.gz) were not found beside it.', 'note')
        : paragraph(
            'CPU µs per request of single slices: 5 to 95 % (line), the middle half (bar), the median (tick). Intervals are made from rounds, not from slices.',
            'note',
          ),
      grid(spread, 'charts'),
    ]),
    section(
      'rounds',
      'Cost over rounds',
      rounds === ''
        ? []
        : [
            paragraph(
              'How far the cost of every round is from its mean. One dot is one process of the app, or the mean of two of the baseline. A round has fresh processes, which differ by themselves, and another moment of the machine, which moves all apps alike.',
              'note',
            ),
            grid(rounds, 'charts small'),
          ],
    ),
    section('environment', 'Environment', [environmentList(result)]),
    section('again', 'Measure it again', [reproduction(result)]),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
${themeStyle()}${style}</style>
</head>
<body>
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
<div id="tip" role="status" hidden></div>
<script type="application/json" id="views">${referenceViews(result)}</script>
<script type="module">
${script}</script>
</body>
</html>
`
}

/** What a study says: its sentences, charts and tables; nothing for a comparison. */
async function answerParts({ answer }: Result): Promise<string[]> {
  if (answer === null) return []
  const drawn = await figures(answer.charts.map((chart, index) => ({ name: `a${index}`, title: '', spec: answerChart(chart) })))
  return [
    ...answer.sentences.map((sentence) => paragraph(answerText(sentence))),
    grid(drawn, 'charts'),
    ...answerTables(answer),
    ...answer.limits.map((limit) => paragraph(answerText(limit), 'note')),
  ]
}

interface Figure {
  /** Prefix of ids. */
  readonly name: string
  readonly title: string
  readonly spec: ChartSpec | null
}

async function figures(all: readonly Figure[]): Promise<string> {
  const drawn = await Promise.all(
    all.map(async ({ name, title, spec }) => {
      if (spec === null) return ''
      const heading = title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`
      return `<figure>${heading}${inlineSvg(await renderSvg(spec, light), name)}</figure>`
    }),
  )
  return drawn.filter((one) => one !== '').join('\n')
}

function grid(content: string, kind: string): string {
  return content === '' ? '' : `<div class="${kind}">\n${content}\n</div>`
}
