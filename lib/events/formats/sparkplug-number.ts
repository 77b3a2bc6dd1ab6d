/** An integer of up to 64 bits as a number where one holds it, else as text. */
export function plainNumber(value: number | bigint): number | string {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
