let last = 0;

/** Now, in milliseconds with a fraction: later than every time that was given before, as two transactions never share a microsecond here. */
export function nextInstant(): number {
  last = Math.max(Date.now(), last + 0.001);
  return last;
}

/** A time as it is kept: UTC, in microseconds. */
export function keptInstant(milliseconds: number): string {
  const micros = String(Math.round((milliseconds % 1) * 1_000) % 1_000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().replace('T', ' ').slice(0, -1)}${micros}`;
}
