import { renderAnswerCharts } from '../../report/charts/chart-files.ts'
import { type Block, paragraph, type Section, texts, textTable, titled } from '../../report/document.ts'
import { toMarkdown } from '../../report/markdown.ts'
import { answerSections, answerText } from '../../report/run-blocks.ts'
import { utcMinute, version } from '../../report/run-facts.ts'
import { formatDuration } from '../../result/format.ts'
import type { CalibrationPart, PartHead } from './data.ts'
import type { AnyPart, Judgement, Part, PartAnswer } from './part.ts'
import { calibrationParts } from './registry.ts'

/** Folder of the charts, beside the page. */
const CHARTS = 'calibration'
const COMMIT_DIGITS = 12

const HEAD = `<!-- Made by \`npm run calibrate\`; \`npm run calibrate -- --page\` makes it again from results/published/calibration/. Do not edit. -->

# Calibration: the suite measured by itself

Every number on this page was measured with \`npm run calibrate\` and is computed from the
[data beside the published results](../results/published/calibration/). What was tried to make the suite more precise, and what it
brought, is in the [precision log](precision-log.md); how it measures is in the [methodology](methodology.md).`

interface Goal {
  readonly title: string
  /** null: not measured. */
  readonly judgement: Judgement | null
}

/** What a calibration cannot say by itself, because it takes default runs before and after a change. */
const ELSEWHERE: Goal = {
  title: 'all 16 ratios of the default matrix within ±1 % in 6 minutes on a quiet machine (by whole runs, see the precision log)',
  judgement: null,
}

interface PartSection {
  readonly part: AnyPart
  readonly head: PartHead | null
  readonly goals: readonly Goal[]
  readonly answer: PartAnswer | null
}

/**
 * `calibration.md` and its charts, `calibration/<chart>-light.svg` and `-dark.svg`, with paths relative to the docs folder. Every word
 * that says how something came out follows from the data; the same data give the same bytes.
 * @param parts in any order; of what is missing the page says so
 */
export async function renderCalibrationPage(parts: readonly CalibrationPart[]): Promise<{ path: string; text: string }[]> {
  const sections = calibrationParts.map((part) => sectionOf(part, parts))
  const goals = [...sections.flatMap((section) => section.goals), ELSEWHERE]
  const document: Section[] = [
    { blocks: [{ kind: 'raw', text: HEAD }, paragraph(mixture(parts))] },
    titled('Goals', goalTable(goals)),
    ...sections.flatMap(partSections),
  ]
  const charts = await renderAnswerCharts(sections.flatMap(({ answer }) => answer?.charts ?? []))
  return [
    { path: 'calibration.md', text: `${toMarkdown(document)}\n` },
    ...charts.map(({ name, text }) => ({ path: `${CHARTS}/${name}`, text })),
  ]
}

function sectionOf(part: AnyPart, all: readonly CalibrationPart[]): PartSection {
  // Each part is given the data of its own id.
  const { goals, answer } = part as Part<CalibrationPart>
  const data = all.find((one) => one.part === part.id)
  const said = data === undefined ? null : answer(data)
  const judged = goals.map((title, index) => ({ title, judgement: said?.judgements[index] ?? null }))
  return { part, head: data?.head ?? null, goals: judged, answer: said }
}

function goalTable(goals: readonly Goal[]): Block {
  return textTable(goals, [
    texts('goal', ({ title }) => title),
    texts('measured', ({ judgement }) => answerText(judgement?.measured ?? '')),
    texts('outcome', ({ judgement }) => judgement?.outcome ?? 'not measured'),
  ])
}

function partSections({ part: { id, heading, question }, head, goals, answer }: PartSection): Section[] {
  const missing = (why: string) => [
    titled(heading, { kind: 'raw', text: `*${question}* ${why}: \`npm run calibrate -- --parts ${id}\`.` }),
  ]
  if (head === null) return missing('Not measured yet')
  if (answer === null) return missing(`Started on ${head.startedAt.slice(0, 10)}, but too little was finished to say anything`)
  const { effort, judgements, ...said } = answer
  const sentences = [...goals.map(goalSentence), ...said.sentences]
  const cutShort = head.cutShort ? ['This part was cut short, and is based on what was finished by then.'] : []
  return [
    titled(heading),
    ...answerSections({ answer: { ...said, question, sentences, limits: [...cutShort, ...said.limits] } }, CHARTS, 3),
    { blocks: [paragraph(`How it was measured: ${answerText(provenance(effort, head))}`)] },
  ]
}

function goalSentence({ title, judgement }: Goal): string {
  if (judgement === null) return `Goal not measured: ${title}.`
  return `Goal ${judgement.outcome}: ${title}. Measured: ${judgement.measured}.`
}

/** What was run, when, for how long, with what and where. */
function provenance(effort: string, head: PartHead): string {
  const { startedAt, wallSeconds, seed, suiteVersion, commit, node, cpuModel, cpus, kernel } = head
  const revision = commit === null ? '' : `, commit ${commit.slice(0, COMMIT_DIGITS)}`
  return (
    `${effort}. ${utcMinute(startedAt)}, ${formatDuration(wallSeconds)} in all, seed ${seed}; ` +
    `suite ${suiteVersion}${revision}; Node ${version(node)}; ${cpuModel}, ${cpus} CPUs, kernel ${kernel}.`
  )
}

/** A sentence for the top of the page when its parts are not from one commit and one machine; empty when they are. */
function mixture(parts: readonly CalibrationPart[]): string {
  const commits = new Set(parts.map(({ head }) => head.commit))
  const machines = new Set(parts.map(({ head }) => `${head.cpuModel} ${head.cpus} ${head.kernel} ${head.node}`))
  const differing = [
    ...(commits.size > 1 ? ['on different commits'] : []),
    ...(machines.size > 1 ? ['on different machines or versions of Node'] : []),
  ]
  return differing.length === 0 ? '' : `The parts were measured ${differing.join(' and ')}; each section says which.`
}
