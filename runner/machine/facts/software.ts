import { readOnce } from '../machine-reader.ts'
import { asRoot, good, graded, type Probe, poor, type Reading, unknown } from './probe.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly version?: string }>>
}

/** What is installed, against what the lockfile says. */
export const softwareProbes: readonly Probe[] = [
  {
    id: 'node',
    everywhere: true,
    title: 'Node.js',
    good: 'the version that package.json pins',
    source: '`process.versions`, `package.json`',
    why: 'Another version changes ratios by more than any framework differs from the next.',
    read({ machine: { nodeVersion, readFile } }) {
      const pinned = parse<Manifest>(readFile('package.json'))?.devDependencies?.node
      if (pinned === undefined) return unknown(nodeVersion)
      return nodeVersion === pinned ? good(`${nodeVersion}, as pinned`) : poor(`${nodeVersion}, pinned is ${pinned}`, 'npm ci')
    },
  },
  {
    id: 'packages',
    everywhere: true,
    title: 'packages',
    good: 'all as in the lockfile',
    source: '`package.json`, `package-lock.json`, `node_modules`',
    why: 'A number belongs to a version: of the framework, and of the load generator.',
    read: ({ machine }) => packages(machine),
  },
  {
    id: 'node-options',
    everywhere: true,
    title: 'NODE_OPTIONS',
    good: 'not set',
    source: 'the environment',
    why: 'Servers and load generator never get it, but it changes the runner, and apps behave differently where they run by hand.',
    // What it holds may be nobody's business, and results are published.
    read: ({ machine }) => (machine.variables.NODE_OPTIONS ? poor('set', 'unset NODE_OPTIONS') : good('not set')),
  },
  tool('nginx', ['nginx'], 'Only comparisons with a proxy in front need it.'),
  ...Object.entries({ wrk: 'wrk', ab: 'apache2-utils', httperf: 'httperf', h2load: 'nghttp2-client' }).map(([name, from]) =>
    tool(name, [name], `Only \`--driver ${name}\` needs it: a cross-check of requests per second.`, from),
  ),
  tool('chromium', ['chromium', 'chromium-browser', 'google-chrome'], 'Only tests that open reports in a browser need it.'),
]

/** What is loaded is what was installed when this process started. */
const packages = readOnce((machine): Reading => {
  const names = Object.keys(parse<Manifest>(machine.readFile('package.json'))?.dependencies ?? {})
  const locked = parse<Lockfile>(machine.readFile('package-lock.json'))?.packages
  if (locked === undefined || names.length === 0) return unknown('there is no lockfile')
  const found = names.map((name) => ({
    name,
    installed: machine.installedVersion(name),
    wanted: locked[`node_modules/${name}`]?.version ?? null,
  }))
  const different = found.filter(({ installed, wanted }) => installed !== wanted)
  const told = different.map(
    ({ name, installed, wanted }) => `${name} ${installed ?? 'is missing'} (lockfile: ${wanted ?? 'none'})`,
  )
  const all = found.map(({ name, installed }) => `${name} ${installed}`)
  return graded(different.length === 0, (different.length === 0 ? all : told).join(', '), 'npm ci')
})

/** A program the suite can do without. @param debianPackage that brings it */
function tool(name: string, programs: readonly string[], why: string, debianPackage = name): Probe {
  return {
    id: `tool-${name}`,
    everywhere: true,
    title: name,
    good: 'installed',
    source: '`PATH`',
    why,
    read({ machine }) {
      if (programs.some((program) => machine.hasProgram(program))) return good('installed')
      const install = machine.platform === 'linux' ? asRoot(machine, `apt-get install ${debianPackage}`) : null
      return unknown('not installed; optional', install)
    },
  }
}

function parse<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null
  }
}
