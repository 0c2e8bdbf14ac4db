import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { laptop, mac, machineOf } from '../fixtures/machines.ts'
import { familyOf, isRunning } from '../fixtures/processes.ts'
import { probes } from '../machine/machine.ts'
import { placeOnCpus } from '../machine/placement.ts'
import { examinationOf } from '../questions/doctor.ts'
import { Examination } from '../result/fact.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** The command line as a process of its own. */
function start(args: readonly string[], prefix: readonly string[] = []) {
  const [command, ...rest] = [...prefix, process.execPath, cli, 'doctor', ...args]
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '' } })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...said }))
  return { pid: child.pid!, kill: (signal: NodeJS.Signals) => child.kill(signal), ended }
}

describe('npm run doctor', () => {
  let json: Awaited<ReturnType<typeof start>['ended']>
  beforeAll(async () => {
    json = await start(['--json']).ended
  })

  it('prints JSON and nothing else with --json, every fact there is, and the score', () => {
    const examination = Examination.parse(JSON.parse(json.stdout))
    expect(examination.facts.map(({ id }) => id)).toEqual(probes.map(({ id }) => id))
    expect(examination.speedScore.score).toBeGreaterThan(0)
    expect(examination.speedScore.processes).toBeGreaterThanOrEqual(3)
    expect(json.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^looking at this machine/)])
  })

  it('ends with the status of what it found', () => {
    const { fit, notFitBecause } = Examination.parse(JSON.parse(json.stdout))
    expect(json.status).toBe(fit ? 0 : 1)
    expect(notFitBecause === null).toBe(fit)
    expect(fit).toBe(placeOnCpus().notPinnedBecause === null)
  })

  it.runIf(existsSync('/proc/stat'))('has measured what has to be measured', () => {
    const { facts, fit } = Examination.parse(JSON.parse(json.stdout))
    const gradeOf = (wanted: string) => facts.find(({ id }) => id === wanted)!.grade
    expect([gradeOf('steal'), gradeOf('other-load')]).not.toContain('unknown')
    expect(gradeOf('coupling') === 'unknown').toBe(!fit)
  })

  it.runIf(hasTaskset)('on one CPU: not fit, exit status 1, as a table', async () => {
    const { status, stdout } = await start([], ['taskset', '-c', String(placeOnCpus().serverCpu ?? 0)]).ended
    expect(status).toBe(1)
    expect(stdout).toContain('Verdict: not fit: there is only one CPU.')
    expect(stdout).toMatch(/^ {2}poor {5}CPUs to use +1 \(\d+\)$/m)
    expect(stdout).not.toContain('\u001b')
  })

  it('explains itself', async () => {
    const { status, stdout, stderr } = await commandHere(['doctor', '--help'], '.')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('npm run --silent doctor -- --json > here.json')
    expect(stdout).toContain('Exit status: 0 fit')
  })

  it.each([['--jason'], ['twice']])('refuses %s: exit status 2, one sentence and a hint', async (argument) => {
    const { status, stdout, stderr } = await commandHere(['doctor', argument], '.')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\nhint: .*npm run doctor -- --help\n$/)
  })

  it.runIf(existsSync('/proc/self/stat'))('killed in the middle: its processes end too', async () => {
    const { pid, kill, ended } = start([])
    const workers = () => familyOf(pid).filter(({ command }) => command.includes('work-process.ts'))
    await expect.poll(() => workers().length).toBeGreaterThanOrEqual(hasTaskset ? 2 : 1)
    const family = workers()
    kill('SIGKILL')
    await ended
    await expect.poll(() => family.filter(({ pid }) => isRunning(pid))).toEqual([])
  })
})

describe('an examination', () => {
  const measured = {
    quiet: { seconds: 1, steal: 0, foreign: 0 },
    loaded: { seconds: 5, steal: 0, foreign: 0 },
    coupling: null,
    loopback: null,
  }
  const examined = (texts: Parameters<typeof machineOf>[0]) => {
    const machine = machineOf(texts)
    const measurement = { measured, workMicroseconds: [220_000, 230_000, 240_000] }
    return examinationOf({ machine, placement: placeOnCpus(machine), takenAt: new Date(0), seconds: 7 }, measurement)
  }

  it('is fit with poor points', () => {
    const examination = examined(laptop)
    expect(Examination.parse(examination)).toEqual(examination)
    expect(examination).toMatchObject({ fit: true, notFitBecause: null, takenAt: '1970-01-01T00:00:00.000Z', node: '24.21.0' })
    expect(examination.facts.filter(({ grade }) => grade === 'poor').length).toBeGreaterThan(0)
  })

  it('is not fit where nothing can be pinned', () => {
    expect(examined(mac)).toMatchObject({ fit: false, notFitBecause: 'this is darwin, and pinning needs Linux' })
    expect(examined({ ...laptop, programs: [] })).toMatchObject({
      fit: false,
      notFitBecause: 'the program taskset is not installed',
    })
  })
})
