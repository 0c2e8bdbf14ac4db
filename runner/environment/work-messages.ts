/** What `work-process.ts` can be told to do, as its only argument. */
export type WorkKind = 'work' | 'spin' | 'loopback'

/** What it says when it has done so; `spin` says so when it has begun. */
export type WorkMessage =
  | { readonly kind: 'work'; readonly cpuMicroseconds: number; readonly checksum: number }
  | { readonly kind: 'spin' }
  | { readonly kind: 'loopback'; readonly cpuMicroseconds: number }
