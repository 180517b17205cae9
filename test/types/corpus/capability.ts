import { capability, version } from 'zeromq';

const { ipc, pgm, tipc, norm, curve, gssapi, draft } = capability;
export const features: (boolean | undefined)[] = [ipc, pgm, tipc, norm, curve, gssapi, draft];
export const text: string = version.split('.').join('-');
