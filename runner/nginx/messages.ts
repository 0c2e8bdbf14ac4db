/** What the keeper of an nginx tells the runner, once. */
export interface NginxReady {
  readonly type: 'ready'
  /** Of nginx itself. */
  readonly pid: number
}

/** What the runner tells it. */
export interface CloseNginx {
  readonly type: 'close'
}
