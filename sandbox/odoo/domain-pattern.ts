/** The pattern of SQL's `LIKE`: `%` any text, `_` any character, a backslash takes the next one as it is. */
export function likePattern(text: string, ignoreCase: boolean): RegExp {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const escaped = text[at] === '\\' && at + 1 < text.length;
    const character = escaped ? text[++at]! : text[at]!;
    if (!escaped && character === '%') source += '.*';
    else if (!escaped && character === '_') source += '.';
    else source += character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
  }
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
}
