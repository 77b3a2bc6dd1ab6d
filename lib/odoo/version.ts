/** The first number of a version: 19 of `19.0`, 18 of `saas~18.2`; 0 where there is none. */
export function majorOf(version: string | undefined): number {
  return Number.parseInt(/\d+/.exec(version ?? '')?.[0] ?? '0', 10);
}
