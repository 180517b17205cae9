// libzmq takes the texts of some errors from the C library: on Windows that words them in its own way. Ours are the same
// on every system, those of Linux.

const WINDOWS: Readonly<Record<string, string>> = {
  'not a socket': 'Socket operation on non-socket',
  'Not supported': 'Operation not supported',
  'Address not available': 'Cannot assign requested address',
};

/** A text of zeromq.js as its Linux build has it; other texts as they are. */
export function inLinuxWords(text: string): string {
  return process.platform === 'win32' ? (WINDOWS[text] ?? text) : text;
}
