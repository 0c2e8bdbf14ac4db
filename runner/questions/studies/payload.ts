import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { payloadAnswers, payloadEndpoint, payloadFiles, payloadSizes, payloadSources } from '../../../apps/payload/payload.ts'
import { type CompareOptions, option } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { findNginx, missingNginx } from '../../servers/nginx.ts'
import type { OwnValues } from '../question.ts'
import { answerPayload, type PayloadCell } from './payload-answer.ts'
import { type PreparedStudy, prepareVariants, type Study, someOf, type Variant, variantOf } from './study.ts'

/** Where nginx finds what it serves, in its private folder; as apps/payload/nginx.conf says. */
const SERVED = 'served'
const NGINX: ResolvedApp = { id: 'nginx', given: 'nginx', insideProject: true, modulePath: moduleOf('nginx.conf') }
const sizes = (text: string) => someOf('size', payloadSizes.map(String))(text).map(Number)

/** How the cost of a response grows with its length, from memory and from a file. */
export const payload: Study = {
  id: 'payload',
  title: 'payload',
  question: 'What does a longer response cost, from memory and from a file?',
  defaults: { apps: payloadApps(), precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  without: ['endpoints'],
  ownOptions: [
    option('--sizes <list>', 'lengths of the bodies, bytes', sizes, [...payloadSizes]),
    option('--sources <list>', 'where the bodies come from', someOf('source', payloadSources), [...payloadSources]),
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
    const nginx = wantsNginx(own) ? findNginx() : null
    const { connections } = options
    const plan = nginx === null ? null : { name: `nginx ${nginx.version}`, path: nginx.path, connections }
    return preparePayload(options, apps, own, plan)
  },
}

/** The study without its outside world. @param nginx null: without it */
export async function preparePayload(
  options: CompareOptions,
  apps: readonly ResolvedApp[],
  own: OwnValues,
  nginx: NginxPlan | null,
): Promise<PreparedStudy> {
  const asked = askedOf(own)
  const variants = apps.map((app): Variant => variantOf(payloadVariant(app)))
  const files = asked.filter(({ source }) => source === 'file').map(({ endpoint }) => endpoint)
  if (nginx !== null && files.length > 0) {
    const served = new Map([...payloadFiles()].map(([name, body]) => [`${SERVED}/${name}`, body]))
    const program = { ...nginx, locations: readFileSync(NGINX.modulePath, 'utf8'), files: served }
    // It may well be faster than the load generator; that is said, and does not make its cost useless as a reference.
    const load = { saturates: false }
    variants.push({ ...variantOf(NGINX), deployment: { runtime: nginx.name, program, endpoints: files, load } })
  }
  const plan = { endpoints: asked.map(({ endpoint }) => endpoint), answers: payloadAnswers }
  return prepareVariants(options, variants, (result) => answerPayload(result, asked, NGINX.id), plan)
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

function wantsNginx(own: OwnValues): boolean {
  return own.frameworksOnly !== true && askedOf(own).some(({ source }) => source === 'file')
}

/** What is requested, in the order of all there is. */
function askedOf({ sizes, sources }: OwnValues): PayloadCell[] {
  return chosen(payloadSources, sources).flatMap((source) =>
    chosen(payloadSizes, sizes).map((bytes) => ({ source, bytes, endpoint: payloadEndpoint(source, bytes) })),
  )
}

function chosen<Value>(all: readonly Value[], wanted: unknown): readonly Value[] {
  return wanted === undefined ? all : all.filter((value) => (wanted as Value[]).includes(value))
}
