// The tables of errors: libzmq's numbers and texts, zeromq.js's names for what a peer did wrong.

import { constants } from 'node:os';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  BusyError,
  busyError,
  ClosedError,
  closedError,
  describe as describeValue,
  EndpointError,
  explainedError,
  InvalidArgumentError,
  LimitError,
  ProtocolError,
  StateError,
  systemError,
  TimeoutError,
  typeError,
  UnreachableError,
  UnsupportedError,
  unsupported,
  VIOLATIONS,
  type Violation,
  ZmqError,
  zmqError,
} from '../src/errors.js';

describe('zmqError', () => {
  it('carries code, errno, text and address', () => {
    const error = zmqError('EADDRINUSE', undefined, 'tcp://*:5555');
    expect(error).toBeInstanceOf(ZmqError);
    expect(error).toMatchObject({ code: 'EADDRINUSE', errno: constants.errno.EADDRINUSE, address: 'tcp://*:5555' });
    expect(error.message).toBe('Address already in use');
    expect(error.name).toBe('Error');
    expect(Object.keys(error)).toEqual(['errno', 'code', 'address']);
  });

  it('keeps libzmq’s words, says beside them what was wrong, and has no address where there is none', () => {
    const error = zmqError('EINVAL', 'say what to do');
    expect(error.message).toBe('Invalid argument');
    expect(error.detail).toBe('say what to do');
    expect(inspect(error)).toContain('Invalid argument: say what to do\n');
    expect(Object.keys(error)).toEqual(['errno', 'code']);
  });

  it('has the detail in its message where there is nothing to be compared with', () => {
    const error = explainedError('EMSGSIZE', 'say what to do');
    expect(error.message).toBe('Message too long: say what to do');
    expect(error.detail).toBe('say what to do');
  });

  it.each([
    ['EAGAIN', TimeoutError],
    ['EBADF', ClosedError],
    ['ENOTSOCK', ClosedError],
    ['EBUSY', BusyError],
    ['EFSM', StateError],
    ['ENOTSUP', UnsupportedError],
    ['EPROTONOSUPPORT', UnsupportedError],
    ['ENOCOMPATPROTO', UnsupportedError],
    ['EINVAL', InvalidArgumentError],
    ['EHOSTUNREACH', UnreachableError],
    ['EMFILE', LimitError],
    ['EMSGSIZE', LimitError],
    ['EADDRINUSE', EndpointError],
    ['ENOENT', EndpointError],
  ] as const)('%s has a class of its own kind', (code, kind) => {
    expect(zmqError(code).constructor).toBe(kind);
    expect(zmqError(code)).toBeInstanceOf(ZmqError);
  });

  it('an operation that its socket’s close has ended was not too late', () => {
    expect(closedError().constructor).toBe(ClosedError);
    expect(closedError()).toMatchObject({ code: 'EAGAIN', message: 'Operation was not possible or timed out' });
  });

  it('takes numbers from the platform, and from libzmq what no platform has', () => {
    expect(zmqError('EAGAIN').errno).toBe(constants.errno.EAGAIN);
    expect(zmqError('EFSM').errno).toBe(156384763);
    expect(zmqError('ENOCOMPATPROTO').errno).toBe(156384764);
    expect(zmqError('ETERM').errno).toBe(156384765);
  });
});

describe('the other errors of operations', () => {
  it('busy says which rule was broken', () => {
    const error = busyError('Socket is busy reading; only one receive operation may be in progress at any time');
    expect(error).toMatchObject({ code: 'EBUSY', errno: constants.errno.EBUSY });
    expect(error.message).toMatch(/^Socket is busy reading/);
  });

  it('an operation a socket does not have is named', () => {
    expect(unsupported('receive', 'PUSH')).toMatchObject({
      code: 'ENOTSUP',
      message: 'Operation not supported',
      detail: 'PUSH sockets do not receive',
    });
  });

  it('a system error gets libzmq’s text for its code, or keeps its own', () => {
    const known = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
    expect(systemError(known, 'tcp://*:1')).toMatchObject({
      message: 'Address already in use',
      errno: constants.errno.EADDRINUSE,
      address: 'tcp://*:1',
    });
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' });
    expect(systemError(unknown, 'tcp://nowhere:1')).toMatchObject({
      code: 'ENOTFOUND',
      errno: 0,
      message: 'getaddrinfo ENOTFOUND nowhere',
    });
    expect(systemError(new Error('no code'), 'ipc://x').code).toBe('EINVAL');
  });
});

describe('ProtocolError', () => {
  it.each(Object.keys(VIOLATIONS) as Violation[])('%s has its code from the table', (violation) => {
    const protocol = violation.startsWith('zap-') ? 'ZAP' : 'ZMTP';
    const error = new ProtocolError(violation, 'text');
    expect(error).toMatchObject({
      name: 'ProtocolError',
      violation,
      code: VIOLATIONS[violation].code,
      message: `${protocol} protocol error`,
      detail: 'text',
    });
    expect(inspect(error)).toContain(`ProtocolError: ${protocol} protocol error: text\n`);
    expect(error.code).toMatch(/^ERR_(ZMTP|ZAP)_[A-Z_]+$/);
    expect(error.code).toContain(`ERR_${protocol}_`);
    expect(error).not.toBeInstanceOf(ZmqError);
  });

  it('only a wrong socket type and an ERROR of the peer make it useless to try again', () => {
    const final = Object.entries(VIOLATIONS).filter(([, { retry }]) => !retry);
    expect(final.map(([violation]) => violation).sort()).toEqual(['peer-error', 'socket-type']);
  });
});

describe('typeError', () => {
  it('keeps zeromq.js’s words, and names the value beside them', () => {
    const error = typeError('Option value must be a number', 'linger got true');
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('Option value must be a number');
    expect(inspect(error)).toContain('TypeError: Option value must be a number: linger got true\n');
  });
});

describe('describe', () => {
  it('is a short picture of any value', () => {
    expect(describeValue({ deep: { a: 1 } })).toBe('{ deep: [Object] }');
    expect(describeValue(undefined)).toBe('undefined');
    for (const large of ['x'.repeat(1000), Array(1000).fill(0), Buffer.alloc(1000)]) {
      expect(describeValue(large).length).toBeLessThan(300);
    }
  });
});
