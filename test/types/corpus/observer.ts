import { Observer, Pull } from 'zeromq';

export const observer: Observer = new Observer(new Pull());
export async function types(source: Observer): Promise<string[]> {
  const { type } = await source.receive();
  return [type, `${source.closed}`];
}
