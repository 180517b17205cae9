// Memory for very many small records, outside V8's heap: blocks of 16 words of 32 bits, in pages, of which the first alone grows. A
// block has a number, which is never 0. What is freed is used again, and all pages that nobody uses but one are given back.
//
// Pages, because one array that doubles would stand still for as long as its copy takes; blocks of one size, because then no
// order of taking and freeing leaves holes that are of no use.

export const BLOCK_WORDS = 16;
const BLOCK_SHIFT = 4;
/** A page has 256 KiB: nobody feels the collection of one, and the array object is no memory beside it. */
const PAGE_BLOCKS = 4096;
const PAGE_SHIFT = 12;
/** The first page begins so small, for the many who need only a few blocks, and doubles. */
const FIRST_BLOCKS = 4;

// A page's first block is not for taking, but tells of the page:
/** The first of the freed blocks, each of which begins with the next one; 0: none. */
const FREE = 0;
/** The first of the blocks that were never taken, counted from the page's beginning. */
const FRESH = 1;
const TAKEN = 2;
/** The neighbours in the list of pages with room; -1: none. */
const NEXT = 3;
const PREVIOUS = 4;

export class Blocks {
  /** Undefined: was given back. */
  readonly #pages: (Int32Array | undefined)[] = [];
  /** The first page with room; -1: none. */
  #roomy = -1;
  /** A page of which nothing is taken; -1: none. It stays: else a few blocks, taken and freed for ever, would make a page each time. */
  #empty = -1;

  /** The words of a block's page, where the block begins at `startOf(block)`; good until the next `take`. */
  wordsOf(block: number): Int32Array {
    return this.#pages[block >>> PAGE_SHIFT]!;
  }

  startOf(block: number): number {
    return (block & (PAGE_BLOCKS - 1)) << BLOCK_SHIFT;
  }

  get(block: number, word: number): number {
    return this.wordsOf(block)[this.startOf(block) + word]!;
  }

  set(block: number, word: number, value: number): void {
    this.wordsOf(block)[this.startOf(block) + word] = value;
  }

  /** A block of zeros. */
  take(): number {
    const page = this.#roomy < 0 ? this.#open() : this.#roomy;
    const header = this.#pages[page]!;
    const block = header[FREE] || this.#fresh(page);
    const words = this.wordsOf(block); // another, when the page has grown
    const start = this.startOf(block);
    if (words[FREE] === block) words[FREE] = words[start]!;
    for (let word = start; word < start + BLOCK_WORDS; word++) words[word] = 0;
    words[TAKEN]!++;
    if (page === this.#empty) this.#empty = -1;
    if (isFull(words)) this.#unlist(page);
    return block;
  }

  free(block: number): void {
    const page = block >>> PAGE_SHIFT;
    const words = this.#pages[page]!;
    if (isFull(words)) this.#list(page);
    words[this.startOf(block)] = words[FREE]!;
    words[FREE] = block;
    if (--words[TAKEN]! > 0) return;
    if (this.#empty < 0) this.#empty = page;
    else this.#giveBack(page);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#pages.reduce((sum, words) => sum + (words?.byteLength ?? 0), 0);
  }

  #open(): number {
    const gone = this.#pages.indexOf(undefined);
    const page = gone < 0 ? this.#pages.length : gone;
    const words = new Int32Array((page === 0 ? FIRST_BLOCKS : PAGE_BLOCKS) * BLOCK_WORDS);
    words[FRESH] = 1;
    this.#pages[page] = words;
    this.#list(page);
    return page;
  }

  #fresh(page: number): number {
    let words = this.#pages[page]!;
    const fresh = words[FRESH]!;
    if (fresh * BLOCK_WORDS === words.length) {
      const grown = new Int32Array(2 * words.length);
      grown.set(words);
      this.#pages[page] = words = grown;
    }
    words[FRESH] = fresh + 1;
    return (page << PAGE_SHIFT) | fresh;
  }

  #giveBack(page: number): void {
    this.#unlist(page);
    this.#pages[page] = undefined;
  }

  #list(page: number): void {
    const words = this.#pages[page]!;
    words[NEXT] = this.#roomy;
    words[PREVIOUS] = -1;
    if (this.#roomy >= 0) this.#pages[this.#roomy]![PREVIOUS] = page;
    this.#roomy = page;
  }

  #unlist(page: number): void {
    const { [NEXT]: next, [PREVIOUS]: previous } = this.#pages[page]!;
    if (next! >= 0) this.#pages[next!]![PREVIOUS] = previous!;
    if (previous! >= 0) this.#pages[previous!]![NEXT] = next!;
    else this.#roomy = next!;
  }
}

function isFull(page: Int32Array): boolean {
  return page[FREE] === 0 && page[FRESH] === PAGE_BLOCKS;
}
