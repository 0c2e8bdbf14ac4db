import { escapeMarkdown, markdownTable } from '../report/markdown.ts'
import type { CalibrationPart } from './data.ts'
import { picture, pictureFiles } from './page/picture.ts'
import { mixture, provenance } from './page/provenance.ts'
import type { Goal, Section } from './page/section.ts'
import { sections } from './page/sections.ts'

const HEAD = `<!-- Made by \`npm run calibrate\`; \`npm run calibrate -- --page\` makes it anew from results/published/calibration/. Do not edit. -->

# Calibration: what the suite says of itself

Every number on this page was measured with \`npm run calibrate\` and is worked out from the
[data beside the published results](../results/published/calibration/). What was tried to make the suite more precise, and what it
brought, is in the [precision log](precision-log.md); how it measures is in the [methodology](methodology.md).`

/** What a calibration cannot say by itself, because it takes default runs before and after a change. */
const ELSEWHERE: readonly Goal[] = [
  {
    title: 'all 16 ratios of the default matrix within ±0.5 % in 4 minutes on a quiet machine, ±1 % on a disturbed one',
    measured: 'by whole runs, see the precision log',
    outcome: 'not measured',
  },
]

/**
 * `calibration.md` and its charts, `calibration/<chart>-light.svg` and `-dark.svg`, with paths relative to the docs folder. Every word
 * that says how something came out follows from the data; the same data give the same bytes.
 * @param parts in any order; of what is missing the page says so
 */
export async function renderCalibrationPage(parts: readonly CalibrationPart[]): Promise<{ path: string; text: string }[]> {
  const made = sections.map((section) => section(parts))
  const goals = [...made.flatMap((section) => section.goals), ...ELSEWHERE]
  const blocks = [HEAD, escapeMarkdown(mixture(parts)), '## Goals', goalTable(goals), ...made.map(sectionText)]
  const charts = made.flatMap(({ body }) => body?.blocks.filter((block) => typeof block !== 'string') ?? [])
  const files = await Promise.all(charts.map(pictureFiles))
  return [{ path: 'calibration.md', text: `${blocks.filter((block) => block !== '').join('\n\n')}\n` }, ...files.flat()]
}

function goalTable(goals: readonly Goal[]): string {
  return markdownTable(
    [
      { head: 'goal', kind: 'text' },
      { head: 'measured', kind: 'text' },
      { head: 'outcome', kind: 'text' },
    ],
    goals.map(({ title, measured, outcome }) => [title, measured, outcome]),
  )
}

function sectionText(section: Section): string {
  const { id, title, question, part, body } = section
  const start = [`## ${title}`, `*${question}*`]
  const again = `\`npm run calibrate -- --parts ${id}\``
  if (part === null) return [...start, `Not measured yet: ${again}.`].join('\n\n')
  if (body === null)
    return [
      ...start,
      `Started on ${part.head.startedAt.slice(0, 10)}, but too little was finished to say anything: ${again}.`,
    ].join('\n\n')
  return [
    ...start,
    `**${escapeMarkdown(body.answer)}**`,
    ...body.blocks.map((block) => (typeof block === 'string' ? block : picture(block))),
    `How it was measured: ${escapeMarkdown(provenance(body.effort, part.head))}`,
    notReached(section, body.notReached),
  ].join('\n\n')
}

/** Goals that were missed or not measured, a part that was cut short, and what the section itself has to say. */
function notReached({ goals, part }: Section, sentences: readonly string[]): string {
  const missed = goals.flatMap(({ title, outcome, measured }) => {
    if (outcome === 'met') return []
    return [outcome === 'not met' ? `Goal not met: ${title}; measured ${measured}.` : `Goal not measured: ${title}.`]
  })
  const cutShort = part?.head.cutShort ? ['This part was cut short, and rests on what was finished by then.'] : []
  const all = [...missed, ...cutShort, ...sentences]
  if (all.length === 0) return 'Not reached: nothing that was looked for.'
  return `Not reached:\n\n${all.map((sentence) => `- ${escapeMarkdown(sentence)}`).join('\n')}`
}
