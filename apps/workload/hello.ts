/** No work at all: what is left is the framework's. */
export function hello(): string {
  return 'Hello, World!'
}
