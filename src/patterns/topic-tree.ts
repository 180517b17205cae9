// The topics of a TopicTrie as a radix tree in blocks: each node stands for its parent's prefix plus its label, and so does each
// topic. One below which nothing is stands in its parent's place for a child, without a node; one that others begin with belongs
// to the node with its prefix, with an empty label.
//
// A node is a positive number, a topic among the children the negative of its block's number, and 0 is nothing. To follow one
// byte is to read one block for up to eight children, and three at most (topic-children.ts): what a match costs among a million
// topics is how often it waits for memory. Every walk is a loop, so a topic of 16 MiB is no deeper than one of 16 bytes. Nothing is
// hashed, so no choice of topics makes it slow. Invariant: a node has two children, or a topic and one.

import { Blocks } from '../util/blocks.js';
import { childOf, TopicChildren } from './topic-children.js';
import { TopicLabels } from './topic-labels.js';

// The words of a node. The two words with the label are topic-labels.ts's, as is the length; a topic has the same first two. Those
// with the children are topic-children.ts's.
const PARENT = 0;
/** The topic that is just the node's prefix. */
const TOPIC = 2;

export class TopicTree {
  readonly blocks = new Blocks();
  readonly #labels = new TopicLabels(this.blocks);
  readonly #children = new TopicChildren(this.blocks);
  root = 0;

  /** Where in `bytes` the prefix of this node or topic ends, when its label begins at `at`; -1 when it is another. */
  reach(node: number, bytes: Buffer, at: number): number {
    const length = this.#labels.lengthOf(node);
    // The first byte led here, except to the root, and is most often the only one.
    if (length === 1 && at > 0) return at + 1;
    return this.#labels.shared(node, bytes, at) === length ? at + length : -1;
  }

  /** The topic that is the prefix of this node or topic; 0: there is none. */
  topicAt(node: number): number {
    return node > 0 ? this.blocks.get(node, TOPIC) : -node;
  }

  /** What goes on with the byte at `at`; 0: nothing. */
  below(node: number, bytes: Buffer, at: number): number {
    return node > 0 && at < bytes.length ? childOf(this.blocks, node, bytes[at]!) : 0;
  }

  find(topic: Buffer): number {
    let at = 0;
    for (let node = this.root; node !== 0; node = this.below(node, topic, at)) {
      at = this.reach(node, topic, at);
      if (at < 0) return 0;
      if (at === topic.length) return this.topicAt(node);
    }
    return 0;
  }

  /** The topic, made where it is missing. */
  make(topic: Buffer): number {
    let at = 0;
    let node = this.root;
    if (node === 0) this.root = -this.#newTopic(topic, 0);
    while (node !== 0) {
      const shared = this.#labels.shared(node, topic, at);
      at += shared;
      if (shared < this.#labels.lengthOf(node)) node = this.#split(node, shared);
      if (at === topic.length) return this.topicAt(node) || this.#endAt(node);
      if (node < 0) node = this.#nodeOver(node);
      const child = childOf(this.blocks, node, topic[at]!);
      if (child === 0) return this.#newChild(node, topic, at);
      node = child;
    }
    return -this.root;
  }

  remove(topic: number): void {
    const { blocks } = this;
    const parent = blocks.get(topic, PARENT);
    if (parent === 0) this.root = 0;
    else if (blocks.get(parent, TOPIC) === topic) blocks.set(parent, TOPIC, 0);
    else this.#children.remove(parent, this.#labels.firstByteOf(-topic));
    this.#labels.drop(-topic);
    blocks.free(topic);
    if (parent !== 0) this.#simplify(parent);
  }

  bytesOf(topic: number): Buffer {
    const { blocks } = this;
    let length = 0;
    for (let node = -topic; node !== 0; node = blocks.get(Math.abs(node), PARENT))
      length += this.#labels.lengthOf(node);
    const bytes = Buffer.allocUnsafe(length);
    let end = length;
    for (let node = -topic; node !== 0; node = blocks.get(Math.abs(node), PARENT)) {
      end = this.#labels.copy(node, bytes, end);
    }
    return bytes;
  }

  /** `at`: where its label begins. */
  #newTopic(bytes: Buffer, at: number): number {
    const topic = this.blocks.take();
    this.#labels.write(-topic, bytes, at, bytes.length);
    return topic;
  }

  #newChild(node: number, bytes: Buffer, at: number): number {
    const topic = this.#newTopic(bytes, at);
    this.#addChild(node, -topic, bytes[at]!);
    return topic;
  }

  #endAt(node: number): number {
    const topic = this.blocks.take();
    this.#giveTopic(node, topic);
    return topic;
  }

  #giveTopic(node: number, topic: number): void {
    this.blocks.set(node, TOPIC, topic);
    this.blocks.set(topic, PARENT, node);
  }

  /** A node in the place of a topic that others are to go on from. */
  #nodeOver(leaf: number): number {
    const node = this.blocks.take();
    this.#replace(leaf, node, this.#labels.firstByteOf(leaf));
    this.#labels.join(leaf, node);
    this.#giveTopic(node, -leaf);
    return node;
  }

  /** A node for the first `length` bytes of a label, above the rest. */
  #split(lower: number, length: number): number {
    const upper = this.blocks.take();
    this.#replace(lower, upper, this.#labels.firstByteOf(lower));
    this.#labels.split(lower, length, upper);
    this.#addChild(upper, lower, this.#labels.firstByteOf(lower));
    return upper;
  }

  /** Where a child has gone: a node that has too little left to be one goes, too, and what is left takes its place. */
  #simplify(node: number): void {
    const { blocks } = this;
    const topic = blocks.get(node, TOPIC);
    const child = this.#children.at(node, 0);
    if (child !== 0 && (topic !== 0 || this.#children.at(node, 1) !== 0)) return;
    const heir = child || -topic;
    this.#replace(node, heir, this.#labels.firstByteOf(node));
    this.#labels.join(node, heir);
    blocks.free(node);
  }

  /** `byte`: the first of both labels. */
  #replace(node: number, by: number, byte: number): void {
    const { blocks } = this;
    const parent = blocks.get(Math.abs(node), PARENT);
    blocks.set(Math.abs(by), PARENT, parent);
    if (parent === 0) this.root = by;
    else this.#children.replace(parent, byte, by);
  }

  #addChild(node: number, child: number, byte: number): void {
    this.blocks.set(Math.abs(child), PARENT, node);
    this.#children.add(node, byte, child);
  }
}
