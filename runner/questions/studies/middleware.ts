import { fileURLToPath } from 'node:url'
import { BASELINE } from '../../../apps/app.ts'
import { installedVersion } from '../../../apps/installed-version.ts'
import { type FrameworkId, frameworkIds, type PieceId, pieceIds, pieceSources } from '../../../apps/middleware/pieces.ts'
import { option } from '../../measure/options.ts'
import { countProcesses } from '../../measure/plan.ts'
import { UserError } from '../../result/errors.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import type { OwnValues } from '../question.ts'
import { answerMiddleware } from './middleware-answer.ts'
import { type PieceStep, planFramework } from './middleware-plan.ts'
import { prepareVariants, type Study, someOf, type Variant, variantOf } from './study.ts'

const STEPS = ['alone', 'added'] as const
const NO_STEPS = 'none'
/** Memory that a server behind all pieces shares with no other, megabytes: 64 to 97 were seen under load. */
const PROCESS_MEGABYTES = 75
/** So many nobody needs to be told of. */
const MANY_PROCESSES = 20

/** What the usual middleware costs, piece by piece, in four frameworks. */
export const middleware: Study = {
  id: 'middleware',
  title: 'middleware',
  question: 'What does the middleware of a production server cost, all of it and piece by piece?',
  defaults: { apps: frameworkIds, endpoints: ['hello'], precision: 1, maxMinutes: 30 },
  quick: { precision: 5, maxMinutes: 4.5 },
  ownOptions: [
    option('--pieces <list>', 'pieces of middleware, in the order in which they are added', someOf('piece', pieceIds), [
      ...pieceIds,
    ]),
    option(
      '--steps <list>',
      'single pieces: alone (each over the defaults), added (one after another); none: only bare, defaults and all',
      someOf('step', [...STEPS, NO_STEPS]),
      [...STEPS],
      'alone,added; none with --quick',
    ),
  ],
  examples: [
    'npm run study -- middleware --quick',
    'npm run study -- middleware --apps express --max-minutes 10',
    'npm run study -- middleware --apps koa,hono --pieces log,session --steps alone',
  ],
  missing: async () => missingPackages(),
  async prepare(options, own, { apps, remark }) {
    const pieces = (own.pieces as PieceId[] | undefined) ?? pieceIds
    const steps = stepsOf(own, options.quick)
    const [skeleton, ...others] = apps
    const frameworks = others.map((app) => ({ app, ...planFramework(frameworkOf(app), pieces, steps) }))
    if (frameworks.length === 0)
      throw new UserError('no-middleware', `${BASELINE} has no middleware: there is nothing to measure`, { hint: HINT })
    const variants = [
      variantOf(skeleton!),
      ...frameworks.flatMap(({ app, framework, made }): Variant[] => [
        variantOf(app),
        ...[...made].map(([key, set]) => {
          const how = set === null ? { name: 'bare' } : { name: 'withPieces', arguments: [set] }
          return { ...variantOf(app, key), recipe: { module: moduleOf(framework), ...how } }
        }),
      ]),
    ]
    const prepared = await prepareVariants(options, variants, (result) => answerMiddleware(result, frameworks, sourceText))
    const processes = countProcesses(prepared.plan.deployments)
    const gigabytes = ((processes * PROCESS_MEGABYTES) / 1000).toFixed(1)
    if (processes > MANY_PROCESSES)
      remark(
        `every round runs ${processes} servers side by side, some ${gigabytes} GB of memory: --apps, --pieces and --steps make it fewer`,
      )
    return prepared
  },
}

const HINT = `--apps takes ${frameworkIds.join(', ')} here`

function stepsOf({ steps }: OwnValues, quick: boolean): readonly PieceStep[] {
  const given = steps as readonly (PieceStep | typeof NO_STEPS)[] | undefined
  if (given === undefined) return quick ? [] : STEPS
  if (given.includes(NO_STEPS) && given.length > 1)
    throw new UserError('bad-value', `--steps ${given.join(',')} asks for single pieces and for none`, {
      hint: `--steps takes ${STEPS.join(', ')}, both of them, or ${NO_STEPS}`,
    })
  return given.filter((step) => step !== NO_STEPS)
}

function frameworkOf({ given }: ResolvedApp): FrameworkId {
  const framework = frameworkIds.find((id) => id === given)
  if (framework !== undefined) return framework
  throw new UserError('no-middleware', `"${given}" cannot have middleware of ours: we know it for our own apps only`, {
    hint: HINT,
  })
}

function moduleOf(framework: FrameworkId): URL {
  return new URL(`../../../apps/middleware/${framework}.ts`, import.meta.url)
}

function versionOf(framework: FrameworkId, name: string): string | null {
  return installedVersion(name, fileURLToPath(moduleOf(framework)))
}

/** `helmet 8.3.0`, or what stands for a package. */
function sourceText(framework: FrameworkId, piece: PieceId): string {
  const { what, package: name } = pieceSources[framework][piece]
  return name === null ? what : `${what} ${versionOf(framework, name) ?? '(version unknown)'}`
}

function missingPackages(): string | null {
  const needed = frameworkIds.flatMap((framework) =>
    pieceIds.flatMap((piece) => {
      const { package: name } = pieceSources[framework][piece]
      return name !== null && versionOf(framework, name) === null ? [name] : []
    }),
  )
  return needed.length === 0 ? null : `${[...new Set(needed)].join(', ')} not installed; npm ci installs what it needs`
}
