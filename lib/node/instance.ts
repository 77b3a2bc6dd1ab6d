import { hostname } from 'node:os';

/** Names this process among the instances that share a store: in leases, and in turns. */
export const instanceName = (): string => `${hostname()}:${process.pid}`;
