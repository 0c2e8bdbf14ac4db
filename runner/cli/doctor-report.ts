import { styleText } from 'node:util'
import type { TerminalOptions } from '../report/terminal.ts'
import type { Paint, Style } from '../report/terminal-table.ts'
import { type Examination, type Fact, FactGroup, type Grade, type SpeedScore } from '../result/fact.ts'
import { formatNumber } from '../result/format.ts'
import { displayWidth, listInWords, plainText, wrapWords } from '../result/plain-text.ts'

const LEAST_WIDTH = 48
const LEAST_VALUE_WIDTH = 24
const LONGEST_TEXT = 500
const GAP = '  '

const gradeStyles: Readonly<Record<Grade, Style>> = { good: 'green', poor: 'yellow', unknown: 'dim' }

/** What the doctor found, for a person at a terminal; also fit for a file with `colour` false. Ends with a line break. */
export function renderExamination(examination: Examination, { colour, width }: TerminalOptions): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
  const columns = Math.max(LEAST_WIDTH, width)
  const { facts } = examination
  const titleWidth = Math.max(...facts.map(({ title }) => displayWidth(title)))
  const sections = [
    ...FactGroup.options.map((group) => {
      const ofGroup = facts.filter((fact) => fact.group === group)
      return ofGroup.length === 0
        ? []
        : [paint('bold', group), ...ofGroup.flatMap((fact) => factLines(fact, titleWidth, columns, paint))]
    }),
    [paint('bold', 'speed'), ...indented(speedSentence(examination.speedScore), columns)],
    wrapWords(`Verdict: ${examinationVerdict(examination)}`, columns).map((line) => paint(verdictStyle(examination), line)),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** `fit`, `fit with 2 poor points: turbo and clock`, `not fit: there is only one CPU`, as a sentence. */
export function examinationVerdict({ fit, notFitBecause, facts }: Examination): string {
  if (!fit) return `not fit: ${plainText(notFitBecause ?? 'unknown', LONGEST_TEXT)}.`
  const poor = facts.filter(({ grade }) => grade === 'poor').map(({ title }) => plainText(title, LONGEST_TEXT))
  if (poor.length === 0) return 'fit.'
  return `fit with ${poor.length} poor ${poor.length === 1 ? 'point' : 'points'}: ${listInWords(poor)}.`
}

function verdictStyle({ fit, facts }: Examination): Style {
  if (!fit) return 'red'
  return facts.some(({ grade }) => grade === 'poor') ? 'yellow' : 'green'
}

function factLines({ grade, title, value, why, change }: Fact, titleWidth: number, columns: number, paint: Paint): string[] {
  const gradeWidth = Math.max(...Object.keys(gradeStyles).map((name) => name.length))
  const shownTitle = plainText(title, LONGEST_TEXT)
  const head = `${GAP}${paint(gradeStyles[grade], grade.padEnd(gradeWidth))}${GAP}${shownTitle}${' '.repeat(titleWidth - displayWidth(shownTitle))}${GAP}`
  const margin = 3 * GAP.length + gradeWidth + titleWidth
  const room = Math.max(LEAST_VALUE_WIDTH, columns - margin)
  const texts = [
    ...wrapWords(plainText(value, LONGEST_TEXT), room),
    ...(grade === 'poor' ? wrapWords(why, room) : []),
    // Not wrapped: a command is copied in one piece.
    ...(change === null ? [] : [`→ ${plainText(change, LONGEST_TEXT)}`]),
  ]
  return texts.map((text, line) => (line === 0 ? head : ' '.repeat(margin)) + text)
}

function speedSentence({ version, score, low, high, processes, cpuMilliseconds }: SpeedScore): string {
  const [shown, least, most] = [score, low, high].map((one) => formatNumber(one, one < 10 ? 1 : 0))
  return `${shown} [${least}, ${most}]: fixed work in plain JavaScript (version ${version}) took ${formatNumber(cpuMilliseconds, 0)} ms of CPU time, median, slowest and fastest of ${processes} fresh processes; more is faster`
}

function indented(text: string, columns: number): string[] {
  return wrapWords(text, columns - GAP.length).map((line) => GAP + line)
}
