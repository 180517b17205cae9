// Prototypes as zeromq.js has them: all methods of a socket on one prototype, none of them enumerable, none to be replaced.

/** Methods that zeromq.js leaves configurable, for it takes them away from types that cannot use them. */
const CONFIGURABLE = ['send', 'receive', 'join', 'leave'];

/**
 * Makes methods and accessors fixed, as those of native code are. What a base class has moves here, and the base class
 * leaves the chain.
 */
export function likeNative(prototype: object, base?: object): void {
  if (base !== undefined) {
    const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(base);
    Object.defineProperties(prototype, methods);
    Object.setPrototypeOf(prototype, Object.prototype);
  }
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === 'constructor') continue;
    const fixed = 'value' in (Object.getOwnPropertyDescriptor(prototype, name) ?? {}) ? { writable: false } : {};
    Object.defineProperty(prototype, name, { ...fixed, enumerable: false, configurable: CONFIGURABLE.includes(name) });
  }
}
