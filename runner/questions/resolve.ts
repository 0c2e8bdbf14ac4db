import { BASELINE, moreEndpointIds } from '../../apps/app.ts'
import type { ExpectedAnswer } from '../../apps/contract.ts'
import { drivers } from '../load/drivers.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS } from '../measure/options.ts'
import { COPIES, type Plan, planDeployments } from '../measure/plan.ts'
import type { AskedApp } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import type { OwnEndpoint } from '../result/own-endpoint.ts'
import { type DeploymentPlan, isNginxAlone, isOnThisNode } from '../servers/deployment.ts'
import { type ResolvedApp, resolveAskedApp } from '../servers/find-app.ts'
import { MANIFEST_NAME } from '../servers/server-manifest.ts'

/** Finds every app; the baseline comes first, and two of one name are told apart by a number. */
export function resolveApps(asked: readonly AskedApp[], cwd: string, baseline = BASELINE): ResolvedApp[] {
  // First, so that it keeps its name even if a stranger's folder is called the same.
  const wanted = [baseline, ...asked.filter((one, index) => one !== baseline || asked.indexOf(one) < index)]
  const taken = new Set<string>()
  return wanted.map((one) => {
    const app = resolveAskedApp(one, cwd)
    let id = app.id
    for (let copy = 2; taken.has(id); copy++) id = `${app.id}-${copy}`
    taken.add(id)
    return { ...app, id }
  })
}

/** The plan that options and apps come to; the first app is the baseline. */
export function planOf(options: CompareOptions, apps: readonly ResolvedApp[]): Plan {
  const { slice } = drivers[options.driver]()
  const baseline = apps[0]!.id
  const { transport } = options
  const deaf = apps.find(({ program }) => program !== undefined && !program.transports.includes(transport))
  if (deaf !== undefined) {
    const hint = `name ${transport} in transports of its ${MANIFEST_NAME} once it can, or measure with --transport ${deaf.program!.transports[0]}`
    throw new UserError('transport-missing', `${deaf.given} does not listen on ${transport}`, { hint })
  }
  const deployments = planDeployments(apps, baseline, transport, COPIES).map((one) => asOptionsSay(options, one))
  return {
    seed: options.seed,
    baseline,
    deployments,
    endpoints: options.endpoints,
    ...(options.ownEndpoints.length > 0 && {
      answers: Object.fromEntries(options.ownEndpoints.map((own) => [own.id, answerOf(own)])),
    }),
    connections: options.connections,
    sliceMilliseconds: sliceFor(options, deployments),
    blocksPerRound: options.blocks ?? slice?.blocks ?? null,
    // A driver with slices of its own has no pulses short enough for a warm-up curve.
    warmUpMilliseconds: options.warmUp === null ? (slice?.milliseconds ?? null) : options.warmUp * 1000,
  }
}

/** A deployment with what the options say of all: flags of Node, and whether apps of the suite answer what is asked for by name only. */
export function asOptionsSay({ endpoints, nodeFlags }: CompareOptions, deployment: DeploymentPlan): DeploymentPlan {
  const more = moreEndpointIds.some((id) => endpoints.includes(id))
  const flags = [...nodeFlags, ...(deployment.nodeFlags ?? [])]
  return { ...deployment, ...(more && { more }), ...(flags.length > 0 && { nodeFlags: flags }) }
}

/**
 * Lengths of slices, milliseconds, in which all of these cost what they cost without a break. In 20 ms, which this Node does not mind, Go costs 1.2
 * times as much, Deno 1.6 and Koa on Bun 2.6 (docs/precision-log.md, "Slices of other runtimes"). Slices of one block are of one length: they are
 * paired. What a break costs for longer is up to the load before a slice (`LEAD_IN_MILLISECONDS`).
 */
const SLICES = { thisNode: DEFAULT_SLICE_MILLISECONDS, other: 100 }

/** How long a slice is for these deployments, milliseconds. */
export function sliceFor({ slice, driver }: CompareOptions, deployments: readonly DeploymentPlan[]): number {
  return slice ?? drivers[driver]().slice?.milliseconds ?? Math.max(...deployments.map(leastSlice))
}

function leastSlice(deployment: DeploymentPlan): number {
  // nginx has nothing that collects or compiles.
  return isOnThisNode(deployment) || isNginxAlone(deployment) ? SLICES.thisNode : SLICES.other
}

function answerOf({
  request: { path, ...request },
  expect: { status, headers, json, mayChange, ...given },
}: OwnEndpoint): ExpectedAnswer {
  const body = given.body ?? JSON.stringify(json)
  const said = json === undefined ? {} : { json: { value: json, mayChange } }
  return { path, request, status, contentType: null, headers, contentLength: Buffer.byteLength(body), body, ...said }
}
