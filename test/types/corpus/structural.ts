import { Dealer, Push, type Readable, type Writable } from 'zeromq';

export interface Output {
  send(message: string | string[]): Promise<void>;
}
export interface Input {
  receive(): Promise<Buffer[]>;
}
export const output: Output = new Push();
export const input: Input = new Dealer();
export const writable: Writable = new Dealer();
export const readable: Readable = new Dealer();
