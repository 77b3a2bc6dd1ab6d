import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { OdooError } from '../errors.ts';

type XmlRpcError = Error & { faultCode?: unknown; faultString?: unknown };

/** The parts of the package's deserializer that are used and mended here. */
type PackageDeserializer = {
  marks: number[];
  stack: unknown[];
  value: boolean;
  deserializeMethodResponse(stream: Readable, callback: (error: XmlRpcError | null, value?: unknown) => void): void;
  push(value: unknown): void;
};

const require = createRequire(import.meta.url);
const Package = require('xmlrpc/lib/deserializer') as new () => PackageDeserializer;
const serializer = require('xmlrpc/lib/serializer') as {
  serializeMethodCall(method: string, params: readonly unknown[]): string;
};

/** The package's parser, with members set as own properties (a member named `__proto__` stays a member) and whole numbers as numbers. */
export class Deserializer extends Package {
  endStruct(): void {
    const mark = this.marks.pop() ?? 0;
    const struct: Record<string, unknown> = {};
    for (let at = mark; at < this.stack.length; at += 2)
      Object.defineProperty(struct, String(this.stack[at]), {
        value: this.stack[at + 1],
        writable: true,
        enumerable: true,
        configurable: true,
      });
    this.stack.splice(mark, this.stack.length - mark, struct);
    this.value = false;
  }

  /** 64-bit integers come as text from the package; one that a number cannot hold stays text. */
  endI8(text: string): void {
    const number = Number(text);
    this.push(Number.isSafeInteger(number) ? number : text);
    this.value = false;
  }
}

/** The XML of a method call. A name or value that JSON would leave out (`undefined`) is left out here too. */
export function serializeMethodCall(method: string, params: readonly unknown[]): string {
  try {
    return serializer.serializeMethodCall(method, JSON.parse(JSON.stringify(params)) as unknown[]);
  } catch (cause) {
    throw new OdooError('validation', `XML-RPC cannot carry a value: ${(cause as Error).message}.`, { cause });
  }
}
