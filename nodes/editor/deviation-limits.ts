import type { FormNode, Widget } from './red.ts';

/** A limit as the table holds it; a column that is left out is no limit, or any group. */
export type DeviationRow = { readonly group?: string; readonly percent?: number; readonly quantity?: number };

const COLUMNS = ['group', 'percent', 'quantity'] as const;

/** Shows the limits as an editable list in `list`. Answers how they read now. */
export function deviationLimits(node: FormNode, list: Widget, rows: readonly DeviationRow[]): () => DeviationRow[] {
  const text = (key: string) => node._(`forecast-validate.${key}`);
  const header: Widget = $('<div class="planbridge-line"></div>');
  for (const column of COLUMNS)
    $('<b></b>')
      .text(text(`label.${column}`))
      .appendTo(header);

  list.editableList({
    height: 'auto',
    header,
    addButton: text('label.addLimit'),
    sortable: true,
    removable: true,
    addItem(item: Widget, _index: number, row: DeviationRow) {
      const line: Widget = $('<div class="planbridge-line"></div>').appendTo(item);
      for (const column of COLUMNS)
        $(column === 'group' ? '<input type="text">' : '<input type="number" min="0" step="any">')
          .addClass(`planbridge-${column}`)
          .attr({ placeholder: text(column === 'group' ? 'placeholder.anyGroup' : 'placeholder.noLimit') })
          .attr('aria-label', text(`label.${column}`))
          .val(row[column] ?? '')
          .appendTo(line);
    },
  });
  list.editableList('addItems', [...rows]);

  return () => {
    const read: DeviationRow[] = [];
    list.editableList('items').each((_: number, item: Widget) => {
      const value = (column: string) => String($(item).find(`.planbridge-${column}`).val()).trim();
      const [group, percent, quantity] = COLUMNS.map(value);
      read.push({
        ...(group ? { group } : {}),
        ...(percent ? { percent: Number(percent) } : {}),
        ...(quantity ? { quantity: Number(quantity) } : {}),
      });
    });
    return read;
  };
}
