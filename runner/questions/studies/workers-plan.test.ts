import { describe, expect, it } from 'vitest'
import { notPinned } from '../../machine/placement.ts'
import { type CompareOptions, withDefaults } from '../../measure/options.ts'
import { questionOptions } from '../measure-question.ts'
import type { OwnValues } from '../question.ts'
import { workers } from './workers.ts'

const app = (id: string) => ({ id, modulePath: `/${id}.ts`, given: id, insideProject: true })
const onLinux = process.platform === 'linux'

async function prepared(given: Partial<CompareOptions>, own: OwnValues, apps = ['node-http']) {
  const remarks: string[] = []
  const context = {
    apps: apps.map(app),
    placement: notPinned('a test'),
    remark: (sentence: string) => void remarks.push(sentence),
  }
  const options = questionOptions(workers, given, 1)
  return { ...(await workers.prepare(options, own, context)), remarks }
}

const teams = ({ plan }: Awaited<ReturnType<typeof prepared>>) =>
  plan.deployments.map(({ id, team }) => [id, team === undefined ? null : `${team.workers} ${team.scheduling}`])

describe('the plan of the workers study', () => {
  it('has one plain process, twice for the baseline, and every scheduling with every number of workers', async () => {
    const study = await prepared({}, { workers: [2, 1, 2], scheduling: ['shared'] }, ['node-http', 'koa'])
    expect(teams(study)).toEqual([
      ['node-http', null],
      ['node-http#2', null],
      ['node-http@1-shared', '1 shared'],
      ['node-http@2-shared', '2 shared'],
      ['koa', null],
      ['koa@1-shared', '1 shared'],
      ['koa@2-shared', '2 shared'],
    ])
    expect(study.plan).toMatchObject({ baseline: 'node-http', processRecords: { restMilliseconds: 0 } })
    expect(study.apps.map(({ id }) => id)).toEqual([...new Set(study.plan.deployments.map(({ app }) => app))])
  })

  it('has fewer workers for a quick look', async () => {
    const counts = async (quick: boolean) =>
      new Set((await prepared({ quick }, {})).plan.deployments.map(({ team }) => team?.workers ?? 0))
    expect(await counts(false)).toEqual(new Set([0, 1, 2, 4]))
    expect(await counts(true)).toEqual(new Set([0, 1, 2]))
  })

  it('leaves reuse-port out where there are no ports, and refuses it when it was requested', async () => {
    const study = await prepared({ transport: 'unix' }, { workers: [2] })
    expect(teams(study).map(([id]) => id)).toEqual(['node-http', 'node-http#2', 'node-http@2-round-robin', 'node-http@2-shared'])
    expect(study.remarks).toEqual(['reuse-port is left out: unix sockets have no ports to share'])
    await expect(prepared({ transport: 'unix' }, { scheduling: ['reuse-port'] })).rejects.toMatchObject({
      ...{ code: 'no-reuse-port', message: '--scheduling reuse-port cannot be measured: unix sockets have no ports to share' },
    })
  })

  it.runIf(onLinux)('has every scheduling by itself on Linux', async () => {
    const study = await prepared({}, { workers: [3] })
    expect(teams(study).map(([, team]) => team)).toEqual([null, null, '3 round-robin', '3 shared', '3 reuse-port'])
    expect(study.remarks).toEqual([])
  })

  it.each([
    ['--workers', '0', '--workers takes a whole number from 1 to 64, not "0"'],
    ['--workers', '1,,2', 'is not a list of names'],
    ['--scheduling', 'shard', 'unknown scheduling "shard"'],
  ])('refuses %s %s', (flag, text, sentence) => {
    const row = workers.ownOptions.find(({ flags }) => flags.startsWith(`${flag} `))!
    expect(() => row.parse!(text)).toThrow(sentence)
  })

  it('measures the baseline alone, unless apps are named', () => {
    expect(questionOptions(workers, {}, 1).apps).toEqual(['node-http'])
    expect(questionOptions(workers, { apps: ['koa'] }, 1)).toMatchObject({
      ...withDefaults({ apps: ['koa'] }, [], 1),
      ...workers.defaults,
      apps: ['koa'],
    })
  })
})
