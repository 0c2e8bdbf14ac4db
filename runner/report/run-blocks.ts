import { type FindingCode, findingKinds } from '../analysis/checks/judge.ts'
import type { Answer, AnswerFigure, AnswerTable } from '../result/answer.ts'
import { appId, formatEstimate, formatLevel, formatNumber, formatValue } from '../result/format.ts'
import type { Result } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
import { fileStem } from '../result/run-folder.ts'
import { answerChart } from './charts/answer-chart.ts'
import { type Block, paragraph, type Section, type TextTable } from './document.ts'
import { groupFindings } from './findings.ts'

/* What several forms of report say of a run, in blocks. */

const LONGEST_TEXT = 200
const LONGEST_LINE = 160
const MOST_LINES = 8

/** A sentence or a name of an answer: apps may have put their own words into it. */
export function answerText(text: string): string {
  return plainText(text, 5 * LONGEST_TEXT)
}

/**
 * Question and answer of a study, its tables and its charts.
 * @param charts folder of the charts, as seen from the page
 * @param level of the heading that is the question
 */
export function answerSections({ answer }: { readonly answer: Answer | null }, charts = '.', level: 2 | 3 = 2): Section[] {
  if (answer === null) return []
  const drawn = answer.charts.map((chart) => ({
    title: '',
    path: `${charts}/${fileStem(chart.id)}`,
    description: answerText(chart.description),
    spec: answerChart(chart),
  }))
  return [
    {
      id: 'answer',
      title: answerText(answer.question),
      level,
      blocks: [
        { kind: 'sentences', texts: answer.sentences.map(answerText) },
        { kind: 'charts', charts: drawn },
      ],
    },
    ...answer.tables.map(
      (table): Section => ({
        title: answerText(table.title),
        level: level === 2 ? 3 : 4,
        blocks: [{ kind: 'table', ...textOfTable(table), ...(table.note ? { note: answerText(table.note) } : {}) }],
      }),
    ),
    { blocks: [{ kind: 'sentences', texts: answer.limits.map(answerText), tone: 'note' }] },
  ]
}

/** Its texts, with as many digits as its figures deserve. */
export function textOfTable({ columns, rows }: AnswerTable): TextTable {
  return {
    columns: columns.map(({ head, kind }) => ({ head: answerText(head), kind })),
    rows: rows.map((row) => columns.map((_, index) => textOfFigure(row[index] ?? null))),
  }
}

function textOfFigure(figure: AnswerFigure): string {
  if (figure === null) return ''
  if (typeof figure === 'string') return plainText(figure, LONGEST_TEXT)
  if (typeof figure !== 'number') return formatEstimate(figure)
  return Number.isInteger(figure) ? formatNumber(figure, 0) : formatValue({ value: figure, low: null, high: null, level: 0 })
}

/** `hello: two copies of node-http: 1.001 [0.996, 1.006] agree`: the A/A comparison of every endpoint. */
export function controls(result: Result): Block {
  const items = result.controls.identical.map(({ endpoint, ratio, agrees }) => {
    const said = `${formatEstimate(ratio)} (${formatLevel(ratio.level)}) ${agrees ? 'agree' : 'DISAGREE'}`
    const text = `${appId(endpoint)}: two copies of ${appId(result.baseline)}: ${said}`
    return agrees ? { text } : { text, tone: 'suspect' as const }
  })
  return { kind: 'list', items }
}

/** Why cells have no numbers, and what the app printed last; one that failed everywhere for one reason is told once. */
export function failures({ cells }: Result): Block {
  const failed = cells.filter((cell) => cell.state === 'failed')
  const byReason = Map.groupBy(failed, ({ app, reason }) => JSON.stringify([app, reason]))
  const items = [...byReason.values()].map((alike) => {
    const { app, reason, lastLines } = alike[0]!
    const endpoints = listInWords(alike.map(({ endpoint }) => appId(endpoint)))
    return {
      mark: appId(app),
      tone: 'invalid' as const,
      text: `on ${endpoints}: ${plainText(reason, LONGEST_TEXT)}`,
      quoted: lastLines.slice(-MOST_LINES).map((line) => plainText(line, LONGEST_LINE)),
    }
  })
  return { kind: 'list', items }
}

/** What the checks have found, the worst first. @param none said where they have found nothing */
export function findings(result: Result, none?: string): Block {
  const items = groupFindings(result).map(({ severity, code, advice, facts }) => ({
    ...{ mark: severity, tone: severity, code, advice },
    under: facts.map(({ where, message }) => (where === null ? message : `${where}: ${message}`)),
    meaning: code in findingKinds ? findingKinds[code as FindingCode].meaning : '',
  }))
  return items.length === 0 && none !== undefined ? paragraph(none) : { kind: 'list', items }
}
