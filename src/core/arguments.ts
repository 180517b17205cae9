// zeromq.js counts the arguments of its methods; so do we, with its words.

/** @throws TypeError when there are more arguments than a method takes */
export function checkCount(args: { readonly length: number }, expected: number): void {
  if (args.length <= expected) return;
  throw new TypeError(`Expected ${expected} argument${expected === 1 ? '' : 's'} but received ${args.length}`);
}

/** @throws TypeError */
export function checkIdentifier(id: unknown): number {
  if (typeof id !== 'number') throw new TypeError('Identifier must be a number');
  return id | 0;
}

/** As native code sees it: functions are objects, too. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The only argument of what takes an endpoint. @throws TypeError */
export function checkAddress(args: readonly unknown[]): string {
  const [address] = args;
  if (typeof address !== 'string') throw new TypeError('Address must be a string');
  checkCount(args, 1);
  return address;
}
