// What a security mechanism is to a Connection (RFC 23 §Security). Implemented in src/security/; one object for each
// connection. A mechanism sees commands and says what to do next; it never sees a socket or a clock.

import type { Command } from './command.js';
import type { Properties } from './metadata.js';

/** What a mechanism wants done next. `command` is a whole command body, ready to be framed. */
export type Step =
  | { readonly next: 'wait' }
  | { readonly next: 'send'; readonly command: Buffer }
  | { readonly next: 'ready'; readonly command?: Buffer; readonly properties: Properties; readonly userId?: string };

export interface Mechanism {
  /** As it stands in the greeting. */
  readonly name: string;
  readonly asServer: boolean;
  /** Called once, when both greetings have been exchanged. */
  start(): Step;
  receive(command: Command): Step;
}
