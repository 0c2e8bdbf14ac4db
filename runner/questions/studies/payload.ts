import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { payloadFiles } from '../../../apps/payload/folder.ts'
import {
  type PayloadSize,
  type PayloadSource,
  payloadAnswers,
  payloadEndpoint,
  payloadSizes,
  payloadSources,
} from '../../../apps/payload/payload.ts'
import type { CompareOptions } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { chosenFrom, list } from '../../result/option-values.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { findNginx, missingNginx } from '../../servers/nginx.ts'
import type { OwnValues } from '../question.ts'
import { planOf } from '../resolve.ts'
import { answerPayload, type PayloadCell } from './payload-answer.ts'
import type { PreparedStudy, Study } from './study.ts'
import { type Variant, variantApps, variantDeployments } from './variants.ts'

/** Where nginx finds what it serves, in its private folder; as apps/payload/nginx.conf says. */
const SERVED = 'served'
const NGINX: ResolvedApp = { id: 'nginx', given: 'nginx', insideProject: true, modulePath: moduleOf('nginx.conf') }

/** How the cost of a response grows with its length, from memory and from a file. */
export const payload: Study = {
  id: 'payload',
  title: 'payload',
  question: 'What does a longer response cost, from memory and from a file?',
  defaults: { apps: payloadApps(), precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  without: ['endpoints'],
  ownOptions: [
    {
      flags: '--sizes <list>',
      description: 'lengths of the bodies, bytes',
      shownDefault: payloadSizes.join(','),
      parse: (text) => list(text).map((size) => Number(chosenFrom('size', payloadSizes.map(String), size))),
    },
    {
      flags: '--sources <list>',
      description: 'where the bodies come from',
      shownDefault: payloadSources.join(','),
      parse: (text) => list(text).map((source) => chosenFrom('source', payloadSources, source)),
    },
    { flags: '--frameworks-only', description: 'without nginx, which need not be installed then', shownDefault: 'off' },
  ],
  examples: [
    'npm run study -- payload --quick',
    'npm run study -- payload --apps express,fastify --sizes 40,100000 --sources file',
  ],
  missing: async (own) => {
    const missing = wantsNginx(own) ? missingNginx() : null
    return missing === null ? null : `${missing}; or use --frameworks-only`
  },
  async prepare(options, own, { apps }) {
    const sizes = chosen<PayloadSize>(payloadSizes, own.sizes)
    const sources = chosen<PayloadSource>(payloadSources, own.sources)
    const nginx = wantsNginx(own) ? findNginx() : null
    const { connections } = options
    const plan = nginx === null ? null : { name: `nginx ${nginx.version}`, path: nginx.path, connections }
    return preparePayload(options, apps, { sizes, sources, nginx: plan })
  },
}

/** What is requested. */
interface Payload {
  readonly sizes: readonly PayloadSize[]
  readonly sources: readonly PayloadSource[]
  /** null: without it. */
  readonly nginx: NginxPlan | null
}

/** The study without its outside world. */
export function preparePayload(
  options: CompareOptions,
  apps: readonly ResolvedApp[],
  { sizes, sources, nginx }: Payload,
): PreparedStudy {
  const { transport } = options
  const variants = apps.map((app): Variant => ({ app: payloadVariant(app), key: null, deployment: { transport } }))
  const files = sources.includes('file') ? sizes.map((bytes) => payloadEndpoint('file', bytes)) : []
  if (nginx !== null && files.length > 0) {
    // It may well be faster than the load generator; that is said, and does not make its cost useless as a reference.
    const load = { saturates: false }
    const served = new Map([...payloadFiles()].map(([name, body]) => [`${SERVED}/${name}`, body]))
    const program = { ...nginx, locations: readFileSync(NGINX.modulePath, 'utf8'), files: served }
    variants.push({ app: NGINX, key: null, deployment: { transport, runtime: nginx.name, program, endpoints: files, load } })
  }
  const baseline = apps[0]!.id
  const asked = sources.flatMap((source) =>
    sizes.map((bytes): PayloadCell => ({ source, bytes, endpoint: payloadEndpoint(source, bytes) })),
  )
  return {
    plan: {
      ...planOf(options, apps),
      deployments: variantDeployments(variants, baseline),
      endpoints: asked.map(({ endpoint }) => endpoint),
      answers: payloadAnswers,
    },
    apps: variantApps(variants),
    answer: (result) => answerPayload(result, asked, NGINX.id),
  }
}

/** Ids of the suite's apps that have a variant for this study. */
export function payloadApps(): string[] {
  return knownApps().filter((id) => existsSync(moduleOf(`${id}.ts`)))
}

/** @throws UserError for an app that has none: a stranger's app answers no more than the contract asks of it */
function payloadVariant(app: ResolvedApp): ResolvedApp {
  const known = payloadApps()
  if (app.given === app.id && known.includes(app.id)) return { ...app, modulePath: moduleOf(`${app.id}.ts`) }
  throw new UserError('no-payload', `the study payload cannot ask ${app.given}: it has no bodies and files of its own to send`, {
    hint: `only the suite's apps have a variant for it: ${known.join(', ')}`,
  })
}

function moduleOf(name: string): string {
  return fileURLToPath(new URL(`../../../apps/payload/${name}`, import.meta.url))
}

function wantsNginx({ frameworksOnly, sources }: OwnValues): boolean {
  return frameworksOnly !== true && chosen<PayloadSource>(payloadSources, sources).includes('file')
}

function chosen<Value>(all: readonly Value[], wanted: unknown): readonly Value[] {
  return wanted === undefined ? all : all.filter((value) => (wanted as Value[]).includes(value))
}
