/**
 * Whether `text` matches `pattern`, in which `*` stands for any text, also none; upper and lower case are the same.
 * A blank pattern matches anything, also no text at all. It steps through both texts with one place to come back to
 * instead of a regular expression, whose time would explode on a pattern with many `*`.
 */
export function matchesWildcard(pattern: string | undefined, text: string | undefined): boolean {
  const wanted = (pattern ?? '').trim().toLowerCase();
  if (wanted === '' || wanted === '*') return true;
  if (text === undefined) return false;
  const given = text.toLowerCase();
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < given.length) {
    if (wanted[next] === '*') {
      star = next++;
      resume = at;
    } else if (wanted[next] === given[at]) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (wanted[next] === '*') next++;
  return next === wanted.length;
}
