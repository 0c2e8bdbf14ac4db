import { describe, expect, it } from 'vitest'
import { withDefaults } from '../../measure/options.ts'
import { prepareVariants, type Variant, variantDeployments, variantOf } from './study.ts'

const app = (id: string) => ({ id, modulePath: `/${id}.ts`, given: id, insideProject: true })
const nothing = () => ({ sentences: [], tables: [], charts: [], limits: [] })

describe('variants', () => {
  it('are apps of a plan, called by what sets them apart', async () => {
    const variants = [variantOf(app('raw')), { ...variantOf(app('koa'), 'unix'), deployment: { transport: 'unix' as const } }]
    const { apps } = await prepareVariants(withDefaults({}, [], 1), variants, nothing)
    expect(apps.map(({ id, given }) => [id, given])).toEqual([
      ['raw', 'raw'],
      ['koa@unix', 'koa'],
    ])
    expect(variantDeployments(variants, 'raw')).toEqual([
      { id: 'raw', app: 'raw', copy: 1, modulePath: '/raw.ts', transport: 'tcp' },
      { id: 'raw#2', app: 'raw', copy: 2, modulePath: '/raw.ts', transport: 'tcp' },
      { id: 'koa@unix', app: 'koa@unix', modulePath: '/koa.ts', transport: 'unix' },
    ])
  })

  it('that share the process of the baseline are asked in both of its copies', () => {
    const level = (id: string, connections: number): Variant => ({
      ...{ ...variantOf(app(id), String(connections)), deployment: { process: id, load: { connections } } },
    })
    const variants = [level('raw', 1), level('raw', 16), level('koa', 1)]
    expect(variantDeployments(variants, 'raw@16').map(({ id, app, process }) => [id, app, process])).toEqual([
      ['raw@1', 'raw@1', 'raw'],
      ['raw@1#2', 'raw@1', 'raw#2'],
      ['raw@16', 'raw@16', 'raw'],
      ['raw@16#2', 'raw@16', 'raw#2'],
      ['koa@1', 'koa@1', 'koa'],
    ])
  })
})
