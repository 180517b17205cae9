// What can be seen of a topic's subscriptions only from within.

import { expect, it } from 'vitest';
import { TopicSubscriptions } from '../../src/patterns/topic-subscriptions.js';
import { Blocks } from '../../src/util/blocks.js';

const COUNT = 3;

it('a count ends where a word does, and does not begin anew', () => {
  const blocks = new Blocks();
  const subscriptions = new TopicSubscriptions(blocks);
  const subscription = subscriptions.add(blocks.take(), 1);
  blocks.set(subscription, COUNT, 0x7fff_fffe);
  for (let times = 0; times < 3; times++) subscriptions.countUp(subscription);
  expect(subscriptions.countDown(subscription)).toBe(0x7fff_fffe);
});

it('those of a crowd are found when the first have left, and after the crowd has', () => {
  const blocks = new Blocks();
  const subscriptions = new TopicSubscriptions(blocks);
  const topic = blocks.take();
  const keys = Array.from({ length: 40 }, (_, index) => index + 1);
  const made = new Map(keys.map((key) => [key, subscriptions.add(topic, key)]));
  const found = () => keys.filter((key) => subscriptions.find(topic, key) === made.get(key));
  expect(found()).toEqual(keys);
  for (const key of keys.slice(0, 20)) subscriptions.remove(topic, made.get(key)!);
  expect(found()).toEqual(keys.slice(20));
  made.set(1, subscriptions.add(topic, 1));
  expect(found()).toEqual([1, ...keys.slice(20)]);
  for (const key of found()) subscriptions.remove(topic, made.get(key)!);
  expect([found(), subscriptions.isEmpty(topic)]).toEqual([[], true]);
  expect(subscriptions.add(topic, 7)).toBe(topic);
});
