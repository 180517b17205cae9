import { Publisher } from 'zeromq';

export const publisher = new Publisher({ noDrop: true, conflate: false, invertMatching: false, sendHighWaterMark: 10 });
publisher.noDrop = false;
publisher.conflate = true;
publisher.invertMatching = true;
export const state: boolean = publisher.noDrop && publisher.conflate && publisher.invertMatching;
