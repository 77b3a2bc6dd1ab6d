/** Records to try a mapping on: JSON, or lines copied from a file or a spreadsheet, the first of them the columns. */
export function recordsOfSample(text: string): Record<string, unknown>[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (/^[[{]/.test(trimmed)) {
    const parsed: unknown = JSON.parse(trimmed);
    const records = Array.isArray(parsed) ? parsed : [parsed];
    if (records.some((record) => typeof record !== 'object' || record === null || Array.isArray(record)))
      throw new Error('A sample is a list of records, such as [{"product": "A", "quantity": "1,5"}].');
    return records as Record<string, unknown>[];
  }
  const [head = '', ...lines] = trimmed.split(/\r?\n/);
  const sign = ['\t', ';', ','].find((candidate) => head.includes(candidate)) ?? ',';
  const columns = cellsOf(head, sign);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = cellsOf(line, sign);
      return Object.fromEntries(columns.map((column, at) => [column.trim(), cells[at] ?? '']));
    });
}

/** The cells of a line; a cell in quotes may hold the sign and doubled quotes. */
function cellsOf(line: string, sign: string): string[] {
  const cells: string[] = [];
  let rest = `${line}${sign}`;
  while (rest !== '') {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(rest);
    const end = quoted && rest.startsWith(sign, quoted[0].length) ? quoted[0].length : rest.indexOf(sign);
    cells.push(quoted && end === quoted[0].length ? (quoted[1] ?? '').replaceAll('""', '"') : rest.slice(0, end));
    rest = rest.slice(end + sign.length);
  }
  return cells;
}
