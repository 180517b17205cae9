import { Pull } from 'zeromq';

export async function receiveOr(pull: Pull, otherwise: string): Promise<string> {
  try {
    return String(await pull.receive());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return otherwise;
    throw error;
  }
}
export const pull = new Pull({ receiveTimeout: 0 });
