// Observers made by hand: one at a time has a socket's events, as with zeromq.js.

import { describe, expect, it } from 'vitest';
import { Observer, Pull, type Socket } from '../../src/index.js';
import { World } from '../support/world.js';

describe('an Observer', () => {
  it('has the events of the socket it is made for', async () => {
    const pull = new World().open(Pull);
    const observer = new Observer(pull);
    await pull.bind('mem://a');
    expect(await observer.receive()).toMatchObject({ type: 'bind', address: 'mem://a' });
    pull.close();
    const rest: string[] = [];
    for await (const { type } of observer) rest.push(type);
    expect(rest.at(-1)).toBe('end');
    expect(observer.closed).toBe(true);
  });

  it('takes the place of the one before, which ends', async () => {
    const pull = new World().open(Pull);
    const first = pull.events;
    const second = new Observer(pull);
    await pull.bind('mem://a');
    expect(await first.receive()).toEqual({ type: 'end' });
    expect([first.closed, second.closed]).toEqual([true, false]);
    expect(await second.receive()).toMatchObject({ type: 'bind' });
    expect(pull.events).toBe(first);
  });

  it('gives way to the first access of events', async () => {
    const pull = new World().open(Pull);
    const observer = new Observer(pull);
    const pending = observer.receive();
    await pull.bind('mem://a');
    expect(await pending).toMatchObject({ type: 'bind' });
    const { events } = pull;
    expect(await observer.receive()).toEqual({ type: 'end' });
    await pull.unbind('mem://a');
    expect(await events.receive()).toMatchObject({ type: 'close' });
  });

  it.each([undefined, null, 5, 'socket'])('refuses %j, which is no object, with a TypeError', (value) => {
    const make = () => new Observer(value as unknown as Socket);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(expect.objectContaining({ message: 'Socket must be a socket object' }));
  });

  it('refuses an object that is no socket, and a second argument', () => {
    expect(() => new Observer({} as Socket)).toThrow('Invalid argument');
    const make = Observer as unknown as new (...args: unknown[]) => Observer;
    expect(() => new make(new World().open(Pull), 1)).toThrow('Expected 1 argument but received 2');
  });

  it('refuses a closed socket with ENOTSOCK', () => {
    const pull = new World().open(Pull);
    pull.close();
    expect(() => new Observer(pull)).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    expect(() => pull.events).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
  });
});
