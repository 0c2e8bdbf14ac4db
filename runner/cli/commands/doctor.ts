import { EXAMINATION_SECONDS, examineMachine } from '../../questions/doctor.ts'
import { studies } from '../../questions/studies/registry.ts'
import { paragraph, type Fact as ReportFact, type Tone, titled } from '../../report/document.ts'
import { type TerminalOptions, toTerminal } from '../../report/terminal.ts'
import { type Examination, type Fact, FactGroup, type Grade, type SpeedScore } from '../../result/fact.ts'
import { count, formatNumber } from '../../result/format.ts'
import { prettyJson } from '../../result/json.ts'
import { chosenFrom } from '../../result/option-values.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { EXIT, terminalOptions, writeLines } from '../output.ts'

const LONGEST_TEXT = 500

const tones: Readonly<Record<Grade, Tone>> = { good: 'valid', poor: 'suspect', unknown: 'note' }

/** Looks at the machine. @returns the exit status */
export async function runDoctor({ json }: { readonly json?: boolean }): Promise<number> {
  process.stderr.write(`looking at this machine for about ${EXAMINATION_SECONDS} seconds\n`)
  const examination = await examineMachine(new Date())
  process.stdout.write(json ? prettyJson(examination) : renderExamination(examination, terminalOptions()))
  return examination.fit ? EXIT.valid : EXIT.notValid
}

/** Says what of a study cannot be measured here, and what brings it. @returns the exit status @throws UserError for an unknown study */
export async function runStudyDoctor(name: string): Promise<number> {
  const id = chosenFrom(
    'study',
    studies.map((study) => study.id),
    name,
  )
  const study = studies.find((one) => one.id === id)!
  const lacking = (await study.missing?.({})) ?? study.lacking?.() ?? null
  writeLines([lacking === null ? `all of the study ${id} can be measured here` : `cannot be measured here: ${lacking}`])
  return lacking === null ? EXIT.valid : EXIT.notValid
}

/** What the doctor found, for a person at a terminal; also fit for a file with `colour` false. Ends with a line break. */
export function renderExamination(examination: Examination, options: TerminalOptions): string {
  const { facts, fit, speedScore } = examination
  const grade = facts.some((fact) => fact.grade === 'poor') ? 'poor' : 'good'
  return toTerminal(
    [
      ...FactGroup.options.map((group) =>
        titled(group, { kind: 'facts', facts: facts.filter((fact) => fact.group === group).map(reportFact) }),
      ),
      titled('speed', paragraph(speedSentence(speedScore), { indented: true })),
      { blocks: [paragraph(`Verdict: ${examinationVerdict(examination)}`, { tone: fit ? tones[grade] : 'invalid' })] },
    ],
    options,
  )
}

/** `fit`, `fit with 2 poor points: turbo and clock`, `not fit: there is only one CPU`, as a sentence. */
export function examinationVerdict({ fit, notFitBecause, facts }: Examination): string {
  if (!fit) return `not fit: ${plainText(notFitBecause ?? 'unknown', LONGEST_TEXT)}.`
  const poor = facts.filter(({ grade }) => grade === 'poor').map(({ title }) => plainText(title, LONGEST_TEXT))
  if (poor.length === 0) return 'fit.'
  return `fit with ${count(poor.length, 'poor point')}: ${listInWords(poor)}.`
}

function reportFact({ grade, title, value, why, change }: Fact): ReportFact {
  return {
    grade: { name: grade, tone: tones[grade] },
    name: plainText(title, LONGEST_TEXT),
    text: plainText(value, LONGEST_TEXT),
    under: grade === 'poor' ? [why] : [],
    ...(change === null ? {} : { command: plainText(change, LONGEST_TEXT) }),
  }
}

function speedSentence({ version, score, low, high, processes, cpuMilliseconds }: SpeedScore): string {
  const [shown, least, most] = [score, low, high].map((one) => formatNumber(one, one < 10 ? 1 : 0))
  return `${shown} [${least}, ${most}]: fixed work in plain JavaScript (version ${version}) took ${formatNumber(cpuMilliseconds, 0)} ms of CPU time, median, slowest and fastest of ${processes} fresh processes; more is faster`
}
