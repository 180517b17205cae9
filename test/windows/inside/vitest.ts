// What a test file imports as 'vitest' in the lane: Vitest's own runner and its own assertions, which are plain
// JavaScript, put together without the rest of Vitest, which is not. Its `expect` is made as Vitest makes it.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  type ExpectStatic,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { getCurrentTest } from '@vitest/runner';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from '@vitest/runner';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const globals = globalThis as unknown as Record<symbol, object>;

export const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as unknown as ExpectStatic;
Object.assign(expect, chai.expect, globals[ASYMMETRIC_MATCHERS_OBJECT]);
setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect);
globals[GLOBAL_EXPECT] = expect;
const chaiExpect = chai.expect as unknown as { extend(expect: ExpectStatic, matchers: object): void };
expect.extend = (matchers) => chaiExpect.extend(expect, matchers);
expect.extend(customMatchers as Parameters<typeof expect.extend>[0]);
expect.unreachable = (message = 'a place that no test reaches') => chai.assert.fail(message);

expect.extend({
  /** Vitest's, as it is where it may not write: the file is there, with these contents. */
  toMatchFileSnapshot(received: string, path: string) {
    const file = new URL(path, pathToFileURL(getCurrentTest()?.file.filepath ?? ''));
    // A checkout on Windows may have given the file the line ends of Windows.
    const pass = readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === received;
    return { pass, message: () => `the contents of ${path} are not as expected`, actual: received };
  },
});
