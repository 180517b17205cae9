// Subscriptions: which keys want which topics, by prefix (RFC 29, RFC 37: subscriptions are counted). Used by XPUB, where
// a key is a subscriber's pipe, and by SUB, where the only key is the socket itself.
//
// A radix tree: each node stands for its parent's prefix plus `label` (bytes as a latin1 string, which costs a fifth of a
// Buffer). Every walk is a loop, so a topic of 16 MiB is no deeper than one of 16 bytes. Invariant: a node other than the
// root has a key, or at least two children.

class Node<K> {
  label: string;
  parent: Node<K> | undefined;
  /** By first byte of the label. */
  children: Map<number, Node<K>> | undefined;
  /** Nearly every topic has one subscriber, which costs no Map. */
  onlyKey: K | undefined;
  onlyCount = 0;
  keys: Map<K, number> | undefined;

  constructor(label: string, parent: Node<K> | undefined) {
    this.label = label;
    this.parent = parent;
  }

  get empty(): boolean {
    return this.onlyCount === 0 && this.keys === undefined;
  }

  countOf(key: K): number {
    if (this.keys !== undefined) return this.keys.get(key) ?? 0;
    return this.onlyKey === key ? this.onlyCount : 0;
  }

  setCount(key: K, count: number): void {
    if (this.keys === undefined && (this.onlyCount === 0 || this.onlyKey === key)) {
      this.onlyKey = count === 0 ? undefined : key;
      this.onlyCount = count;
      return;
    }
    this.keys ??= new Map([[this.onlyKey as K, this.onlyCount]]);
    this.onlyKey = undefined;
    this.onlyCount = 0;
    if (count > 0) this.keys.set(key, count);
    else this.keys.delete(key);
    if (this.keys.size === 0) this.keys = undefined;
  }
}

/** `first`: nobody had the topic. `joined`: others have it, this key had not. `again`: this key had it. */
export type Added = 'first' | 'joined' | 'again';
/** `absent`: the key did not have it. `kept`: it still does, once less. `left`: only others do. `last`: nobody does. */
export type Removed = 'absent' | 'kept' | 'left' | 'last';

export class TopicTrie<K> {
  readonly #root = new Node<K>('', undefined);
  readonly #nodesOf = new Map<K, Set<Node<K>>>();
  #size = 0;

  /** Different topics. */
  get size(): number {
    return this.#size;
  }

  add(topic: Buffer, key: K): Added {
    const node = this.#nodeFor(topic.toString('latin1'));
    const count = node.countOf(key);
    const result = node.empty ? 'first' : count === 0 ? 'joined' : 'again';
    node.setCount(key, count + 1);
    if (result === 'first') this.#size++;
    if (count === 0) this.#remember(key, node);
    return result;
  }

  remove(topic: Buffer, key: K): Removed {
    const node = this.#find(topic.toString('latin1'));
    const count = node?.countOf(key) ?? 0;
    if (node === undefined || count === 0) return 'absent';
    node.setCount(key, count - 1);
    if (count > 1) return 'kept';
    this.#forget(key, node);
    if (!node.empty) return 'left';
    this.#size--;
    this.#prune(node);
    return 'last';
  }

  /**
   * Begins to remove every subscription of `key`, which must not be used again: what is returned removes one at each call and
   * says whether there was one. `visit` hears of each topic and whether nobody has it now.
   */
  removal(key: K, visit?: (topic: Buffer, last: boolean) => void): () => boolean {
    // One iterator for all calls: a new one would step over the holes that the others have left.
    const nodes = this.#nodesOf.get(key)?.values();
    this.#nodesOf.delete(key);
    return () => {
      const node = nodes?.next().value;
      if (node === undefined) return false;
      const topic = visit === undefined ? undefined : Buffer.from(pathOf(node), 'latin1');
      node.setCount(key, 0);
      const last = node.empty;
      if (last) {
        this.#size--;
        this.#prune(node);
      }
      if (topic !== undefined) visit?.(topic, last);
      return true;
    };
  }

  /** How many different topics `key` has. */
  sizeOf(key: K): number {
    return this.#nodesOf.get(key)?.size ?? 0;
  }

  /** Calls `visit` for each key with a topic that `bytes` begins with; several times where it has several. */
  match(bytes: Buffer, visit: (key: K) => void): void {
    let node: Node<K> | undefined = this.#root;
    for (let at = 0; node !== undefined; at += node?.label.length ?? 0) {
      if (node.onlyCount > 0) visit(node.onlyKey as K);
      else if (node.keys !== undefined) for (const key of node.keys.keys()) visit(key);
      node = childMatching(node, bytes, at);
    }
  }

  /** Whether any key has a topic that `bytes` begins with. */
  matches(bytes: Buffer): boolean {
    let node: Node<K> | undefined = this.#root;
    for (let at = 0; node !== undefined; at += node?.label.length ?? 0) {
      if (!node.empty) return true;
      node = childMatching(node, bytes, at);
    }
    return false;
  }

  #remember(key: K, node: Node<K>): void {
    const nodes = this.#nodesOf.get(key);
    if (nodes === undefined) this.#nodesOf.set(key, new Set([node]));
    else nodes.add(node);
  }

  #forget(key: K, node: Node<K>): void {
    const nodes = this.#nodesOf.get(key)!;
    nodes.delete(node);
    if (nodes.size === 0) this.#nodesOf.delete(key);
  }

  #find(topic: string): Node<K> | undefined {
    let node: Node<K> | undefined = this.#root;
    let at = 0;
    while (node !== undefined && at < topic.length) {
      node = node.children?.get(topic.charCodeAt(at));
      if (node === undefined || !topic.startsWith(node.label, at)) return undefined;
      at += node.label.length;
    }
    return node;
  }

  /** The node for `topic`, made where it is missing. */
  #nodeFor(topic: string): Node<K> {
    let node = this.#root;
    let at = 0;
    while (at < topic.length) {
      const child = node.children?.get(topic.charCodeAt(at));
      if (child === undefined) return addChild(node, new Node<K>(flat(topic.slice(at)), node));
      const shared = sharedLength(child.label, topic, at);
      node = shared === child.label.length ? child : split(child, shared);
      at += shared;
    }
    return node;
  }

  /** Removes a node without keys, or joins it with its only child, and its parent likewise. */
  #prune(node: Node<K>): void {
    let at: Node<K> = node;
    while (at.parent !== undefined && at.empty) {
      const parent: Node<K> = at.parent;
      const children = at.children?.size ?? 0;
      if (children > 1) return;
      if (children === 1) {
        joinWithChild(at);
        return;
      }
      parent.children!.delete(at.label.charCodeAt(0));
      if (parent.children!.size === 0) parent.children = undefined;
      at = parent;
    }
  }
}

function childMatching<K>(node: Node<K>, bytes: Buffer, at: number): Node<K> | undefined {
  if (node.children === undefined || at >= bytes.length) return undefined;
  const child = node.children.get(bytes[at]!);
  if (child === undefined || child.label.length > bytes.length - at) return undefined;
  const label = child.label;
  for (let i = 1; i < label.length; i++) if (label.charCodeAt(i) !== bytes[at + i]) return undefined;
  return child;
}

function sharedLength(label: string, topic: string, at: number): number {
  let i = 0;
  while (i < label.length && at + i < topic.length && label.charCodeAt(i) === topic.charCodeAt(at + i)) i++;
  return i;
}

function addChild<K>(parent: Node<K>, child: Node<K>): Node<K> {
  parent.children ??= new Map();
  parent.children.set(child.label.charCodeAt(0), child);
  child.parent = parent;
  return child;
}

/** Puts a node for the first `length` bytes of `child`'s label above it. */
function split<K>(child: Node<K>, length: number): Node<K> {
  const upper = addChild(child.parent!, new Node<K>(flat(child.label.slice(0, length)), child.parent));
  child.label = flat(child.label.slice(length));
  addChild(upper, child);
  return upper;
}

/** A slice keeps the whole string that it was cut from alive; this does not. */
function flat(slice: string): string {
  return Buffer.from(slice, 'latin1').toString('latin1');
}

function joinWithChild<K>(node: Node<K>): void {
  const child = node.children!.values().next().value as Node<K>;
  child.label = node.label + child.label;
  addChild(node.parent!, child);
}

function pathOf<K>(node: Node<K>): string {
  let path = '';
  for (let at: Node<K> | undefined = node; at !== undefined; at = at.parent) path = at.label + path;
  return path;
}
