import { describe, expect, it } from 'vitest'
import { frameworkIds, type PieceId, pieceIds } from '../../../apps/middleware/pieces.ts'
import { type PlannedFramework, planFramework } from './middleware-plan.ts'

const BOTH = ['alone', 'added'] as const
const keys = ({ made }: PlannedFramework) => [...made.keys()]
const stepsOf = ({ pieces }: PlannedFramework, how: 'alone' | 'added') =>
  pieces.map((piece) => piece[how] && `${piece[how].id} over ${piece[how].over}`)

describe('planFramework', () => {
  it('has every piece alone over the defaults, and one after another up to all of them', () => {
    const plan = planFramework('koa', ['log', 'cors', 'session'], BOTH)
    expect(plan).toMatchObject({ bare: 'koa@bare', defaults: 'koa', whole: 'koa@all' })
    expect(stepsOf(plan, 'alone')).toEqual(['koa@log over koa', 'koa@cors over koa', 'koa@session over koa'])
    expect(stepsOf(plan, 'added')).toEqual(['koa@log over koa', 'koa@to-cors over koa@log', 'koa@all over koa@to-cors'])
    expect(Object.fromEntries(plan.made)).toEqual({
      bare: null,
      log: ['log'],
      cors: ['cors'],
      'to-cors': ['log', 'cors'],
      session: ['session'],
      all: ['log', 'cors', 'session'],
    })
  })

  it('makes only what is requested, and what it is compared with', () => {
    const pieces: PieceId[] = ['log', 'cors', 'session']
    expect(keys(planFramework('express', pieces, []))).toEqual(['bare', 'all'])
    expect(keys(planFramework('express', pieces, ['alone']))).toEqual(['bare', 'log', 'cors', 'session', 'all'])
    expect(keys(planFramework('express', pieces, ['added']))).toEqual(['bare', 'log', 'to-cors', 'all'])
  })

  it('steps over what is there already', () => {
    const plan = planFramework('fastify', ['log', 'body-parser', 'session'], BOTH)
    expect(plan.pieces[1]).toEqual({ piece: 'body-parser', isAdded: false, alone: null, added: null })
    expect(stepsOf(plan, 'added')).toEqual(['fastify@log over fastify', null, 'fastify@all over fastify@log'])
    expect(plan.made.get('all')).toEqual(['log', 'session'])
  })

  it('has no set of all pieces where there is one, or none', () => {
    expect(planFramework('koa', ['log'], BOTH)).toMatchObject({ whole: 'koa@log', defaults: 'koa' })
    expect(planFramework('hono', ['body-parser'], BOTH)).toMatchObject({ whole: 'hono', bare: null })
    expect(keys(planFramework('hono', ['body-parser'], BOTH))).toEqual([])
  })

  it('comes to 55 sets for all pieces of all frameworks, their defaults included', () => {
    const sets = frameworkIds.map((framework) => planFramework(framework, pieceIds, BOTH).made.size + 1)
    expect(sets).toEqual([15, 13, 15, 12])
  })
})
