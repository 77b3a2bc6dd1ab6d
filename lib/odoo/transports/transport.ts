import type { Protocol } from '../connection.ts';

/** One call of a model's method, with named arguments. */
export type TransportCall = {
  readonly model: string;
  readonly method: string;
  /** The records it is called on; left out for a method of the model itself. */
  readonly ids?: readonly number[];
  readonly args?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
};

/** A way to speak to Odoo. It is handed out logged in; every fault is an OdooError. */
export type Transport = {
  readonly protocol: Protocol;
  /** The server's version as it names it, such as `19.0` or `saas~18.2`; undefined where it does not tell. */
  version(): Promise<string | undefined>;
  call(call: TransportCall): Promise<unknown>;
};
