import type { CompareOptions } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { chosenFrom, list } from '../../result/option-values.ts'
import { checkClientAddress } from '../../servers/client-address.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { findNginx, missingNginx } from '../../servers/nginx.ts'
import type { OwnValues } from '../question.ts'
import { planOf } from '../resolve.ts'
import { answerStack, type StackCell } from './stack-answer.ts'
import { ALONE_ENDPOINT, DIRECT, planStacks, STACKS, type StackId, stackId, wayOf } from './stack-plan.ts'
import { StackRounds } from './stack-rounds.ts'
import type { PreparedStudy, Study } from './study.ts'
import { variantApps, variantDeployments } from './variants.ts'

/** Node queues 511 connections that nobody has taken yet; nginx may open one for every client at the same moment. */
const MOST_CONNECTIONS = 500

/** What stands in front of an app: nginx or nothing, over tcp or a unix socket, with connections kept or not. */
export const stack: Study = {
  id: 'stack',
  title: 'stack',
  question: 'What does nginx in front of an app cost, and how should it reach the app?',
  defaults: { apps: ['node-http', 'koa', 'express'], endpoints: ['hello'], precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  without: ['transport'],
  ownOptions: [
    {
      flags: '--stacks <list>',
      description: `what to put in front, ${DIRECT} in any case: ${STACKS.join(', ')}`,
      shownDefault: 'all of them',
      parse: (text) => list(text).map((name) => chosenFrom('stack', STACKS, name)),
    },
  ],
  examples: [
    'npm run study -- stack --quick',
    'npm run study -- stack --apps fastify --stacks nginx-tcp,nginx-tcp-keepalive --endpoints hello,lookup',
  ],
  missing: async () => missingNginx(),
  async prepare(options, own, { apps, remark }) {
    const chosen = stacksOf(own, options, remark)
    checkOptions(options, chosen)
    const nginx = findNginx()!
    const ways = chosen
      .map(wayOf)
      .filter((way) => way !== null)
      .filter(({ proxied }) => proxied)
    if (options.driver !== 'fake') await checkClientAddress(nginx, ways)
    return prepareStack(options, apps, chosen, {
      name: `nginx ${nginx.version}`,
      path: nginx.path,
      connections: options.connections,
    })
  },
}

/** The study without its outside world. */
export function prepareStack(
  options: CompareOptions,
  apps: readonly ResolvedApp[],
  chosen: readonly StackId[],
  nginx: NginxPlan,
): PreparedStudy {
  const planned = planStacks(apps, chosen, nginx)
  const variants = planned.map(({ variant }) => variant)
  const baseline = stackId(planned[0]!, DIRECT)
  const deployments = variantDeployments(variants, baseline)
  const alone = planned.find(({ app }) => app === null)
  const references = new Map(
    planned.map((one) => [
      stackId(one),
      { direct: one.app === null ? null : stackId(one, DIRECT), alone: alone === undefined ? null : stackId(alone) },
    ]),
  )
  const rounds = new StackRounds(deployments, (id) => references.get(id)!)
  const cells = planned.map((one): StackCell => ({ id: stackId(one), app: one.app?.id ?? null, stack: one.stack }))
  return {
    plan: { ...planOf(options, apps), baseline, deployments },
    apps: variantApps(variants),
    roundFinished: (round) => rounds.add(round),
    answer: (result) => answerStack(result, cells, rounds),
  }
}

function stacksOf({ stacks }: OwnValues, { endpoints }: CompareOptions, remark: (sentence: string) => void): StackId[] {
  const wanted = (stacks as StackId[] | undefined) ?? STACKS
  const canAnswer = endpoints.includes(ALONE_ENDPOINT)
  if (wanted.includes('nginx-alone') && !canAnswer) remark(`nginx alone is left out: it can only answer ${ALONE_ENDPOINT}`)
  return STACKS.filter((id) => id === DIRECT || (wanted.includes(id) && (canAnswer || id !== 'nginx-alone')))
}

function checkOptions({ connections, driver }: CompareOptions, chosen: readonly StackId[]): void {
  if (connections > MOST_CONNECTIONS) {
    throw new UserError('bad-value', `the study stack takes ${MOST_CONNECTIONS} connections at most, not ${connections}`, {
      hint: 'nginx may open as many to the app at once, and Node queues no more',
    })
  }
  if (driver === 'wrk' && chosen.includes('direct-unix')) {
    throw new UserError('no-unix-sockets', 'wrk cannot use unix sockets', { hint: 'leave direct-unix out of --stacks' })
  }
  if (chosen.length === 1) {
    throw new UserError('bad-value', `${DIRECT} alone has nothing to be compared with`, {
      hint: `stacks are ${STACKS.join(', ')}`,
    })
  }
}
