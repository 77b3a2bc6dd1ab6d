/**
 * Whether a part that tests need is there. TEST_REQUIRED names the parts that must be: without one of those this throws,
 * so that nothing is silently left out where everything has to be tested.
 */
export function mustHave(part: string, found: unknown): boolean {
  if (found) return true;
  if ((process.env.TEST_REQUIRED ?? '').split(',').includes(part))
    throw new Error(`TEST_REQUIRED names ${part}, but it is not here.`);
  return false;
}
