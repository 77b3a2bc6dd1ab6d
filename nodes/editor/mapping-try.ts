import { ask } from './ask.ts';
import type { FormNode, Widget } from './red.ts';
import { recordsOfSample } from './sample.ts';

type Answer = {
  readonly records: readonly Record<string, unknown>[];
  readonly refusals: readonly { line?: number; field?: string; value?: unknown; reason: string; message: string }[];
};

/** What is tried: a preset by its id, or a mapping as JSON. */
export type Tried = { readonly preset?: string; readonly mapping?: string; readonly timezone?: string };

/** Runs a mapping on the sample and shows in `#planbridge-result` what came out and what was refused. */
export function tryMapping(node: FormNode, sample: string, tried: Tried): Promise<void> {
  const text = (key: string, values?: Record<string, unknown>) => node._(`canonical-map.${key}`, values);
  const result: Widget = $('#planbridge-result').empty();
  const fail = (error: Error) => $('<div class="planbridge-bad"></div>').text(error.message).appendTo(result);
  let records: Record<string, unknown>[];
  try {
    records = recordsOfSample(sample);
    if (records.length === 0) throw new Error(text('error.noSample'));
  } catch (error) {
    fail(error as Error);
    return Promise.resolve();
  }
  return ask<Answer>('planbridge/mapping/try', Object.assign({ sample: records }, tried)).then((answer) => {
    heading(result, text('tried.mapped', { count: answer.records.length }));
    table(result, [...new Set(answer.records.flatMap((record) => Object.keys(record)))], answer.records, (name) =>
      name === '$line' ? text('tried.line') : name,
    );
    heading(result, text('tried.refused', { count: answer.refusals.length }));
    table(result, ['line', 'field', 'value', 'message'], answer.refusals, (name) => text(`tried.${name}`));
  }, fail);
}

function heading(result: Widget, words: string): void {
  $('<div></div>').append($('<b></b>').text(words)).appendTo(result);
}

function table(
  result: Widget,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  titleOf: (column: string) => string,
): void {
  if (rows.length === 0) return;
  const shown: Widget = $('<table class="planbridge-table"></table>');
  const head: Widget = $('<tr></tr>').appendTo(shown);
  for (const column of columns) $('<th></th>').text(titleOf(column)).appendTo(head);
  for (const row of rows) {
    const line: Widget = $('<tr></tr>').appendTo(shown);
    for (const column of columns) $('<td></td>').text(cellOf(row[column])).appendTo(line);
  }
  $('<div class="planbridge-scroll"></div>').append(shown).appendTo(result);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
