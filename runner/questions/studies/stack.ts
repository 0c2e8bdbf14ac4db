import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drivers } from '../../load/drivers.ts'
import { type CompareOptions, option } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { variantId } from '../../result/ids.ts'
import { checkClientAddress } from '../../servers/client-address.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { findNginx, missingNginx } from '../../servers/nginx.ts'
import type { OwnValues } from '../question.ts'
import { ALONE, answerStack, DIRECT, STACKS, type StackId, WAYS } from './stack-answer.ts'
import { type PreparedStudy, prepareVariants, type Study, someOf, type Variant, variantOf } from './study.ts'

/** nginx cannot make the other answers: there is code behind them. */
const ALONE_ENDPOINT = 'hello'
/** Node queues 511 connections that nobody has taken yet; nginx may open one for every client at the same moment. */
const MOST_CONNECTIONS = 500
const NGINX: ResolvedApp = {
  id: 'nginx',
  given: 'nginx',
  insideProject: true,
  modulePath: fileURLToPath(new URL('../../../apps/nginx/hello.conf', import.meta.url)),
}
const NGINX_ALONE = variantOf(NGINX, 'alone')

/** What stands in front of an app: nginx or nothing, over tcp or a unix socket, with connections kept or not. */
export const stack: Study = {
  id: 'stack',
  title: 'stack',
  question: 'What does nginx in front of an app cost, and how should it reach the app?',
  defaults: { apps: ['node-http', 'koa', 'express'], endpoints: ['hello'], precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  without: ['transport'],
  ownOptions: [
    option(
      '--stacks <list>',
      `what to put in front, ${DIRECT} in any case: ${STACKS.join(', ')}`,
      someOf('stack', STACKS),
      STACKS,
      'all of them',
    ),
  ],
  examples: [
    'npm run study -- stack --quick',
    'npm run study -- stack --apps fastify --stacks nginx-tcp,nginx-tcp-keepalive --endpoints hello,lookup',
  ],
  missing: async () => missingNginx(),
  async prepare(options, own, { apps, remark }) {
    const chosen = stacksOf(own, options, remark)
    checkOptions(options, chosen)
    const { version, path } = findNginx()!
    const proxied = chosen.flatMap((id) => (WAYS[id].proxied ? [WAYS[id]] : []))
    if (options.driver !== 'fake') await checkClientAddress({ path }, proxied)
    return prepareStack(options, apps, chosen, { name: `nginx ${version}`, path, connections: options.connections })
  },
}

/** The study without its outside world. Stacks over one transport share the app's process: what chance gave to it is the same for all. */
export async function prepareStack(
  options: CompareOptions,
  apps: readonly ResolvedApp[],
  chosen: readonly StackId[],
  nginx: NginxPlan,
): Promise<PreparedStudy> {
  const alone = chosen.includes(ALONE) ? NGINX_ALONE.id : null
  const program = { ...nginx, locations: readFileSync(NGINX.modulePath, 'utf8') }
  // It may well be faster than the load generator.
  const ofNginx = { runtime: nginx.name, program, endpoints: [ALONE_ENDPOINT], load: { saturates: false } }
  const variants = chosen.flatMap((stack): (Variant & { stack: StackId })[] => {
    const { transport, keepAlive, proxied } = WAYS[stack]
    if (stack === ALONE) return [{ ...NGINX_ALONE, stack, deployment: { ...ofNginx, transport } }]
    return apps.map((app) => {
      const proxy = proxied ? { proxy: { ...nginx, keepAlive } } : {}
      const partsOver = { direct: variantId(app.id, DIRECT), alone }
      return {
        ...{ ...variantOf(app, stack), stack },
        deployment: { transport, process: variantId(app.id, transport), partsOver, ...proxy },
      }
    })
  })
  return prepareVariants(options, variants, (result) => answerStack(result, variants))
}

function stacksOf({ stacks }: OwnValues, { endpoints }: CompareOptions, remark: (sentence: string) => void): StackId[] {
  const wanted = (stacks as StackId[] | undefined) ?? STACKS
  const canAnswer = endpoints.includes(ALONE_ENDPOINT)
  if (wanted.includes(ALONE) && !canAnswer) remark(`nginx alone is left out: it can only answer ${ALONE_ENDPOINT}`)
  return STACKS.filter((id) => id === DIRECT || (wanted.includes(id) && (canAnswer || id !== ALONE)))
}

function checkOptions({ connections, driver }: CompareOptions, chosen: readonly StackId[]): void {
  if (connections > MOST_CONNECTIONS) {
    throw new UserError('bad-value', `the study stack takes ${MOST_CONNECTIONS} connections at most, not ${connections}`, {
      hint: 'nginx may open as many to the app at once, and Node queues no more',
    })
  }
  if (drivers[driver]().wholeRuns && chosen.includes('direct-unix')) {
    throw new UserError('no-unix-sockets', `${driver} cannot use unix sockets`, { hint: 'leave direct-unix out of --stacks' })
  }
  if (chosen.length === 1) {
    throw new UserError('bad-value', `${DIRECT} alone has nothing to be compared with`, {
      hint: `stacks are ${STACKS.join(', ')}`,
    })
  }
}
