/**
 * What the suite is compared with others by, beside the baseline: a light framework and a heavy one, far enough apart that there is no
 * doubt about their order. From the cheaper to the dearer.
 */
export const COMPARED = ['koa', 'express'] as const
