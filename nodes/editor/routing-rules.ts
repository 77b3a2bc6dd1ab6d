import { CATALOGUE, OWNERS, REASONS, type Reason, SEVERITIES } from '../../lib/exceptions/catalogue.ts';
import { completeFrom } from './completion.ts';
import type { FormNode, Widget } from './red.ts';

/** A rule as the table holds it; a column that is left out matches anything. */
export type RoutingRow = {
  readonly reason?: string;
  readonly product?: string;
  readonly location?: string;
  readonly severity?: string;
  readonly owner: string;
};

const COLUMNS = ['reason', 'product', 'location', 'severity', 'owner'] as const;

/** Shows the rules as an editable list in `list`. Answers how they read now. */
export function routingRules(node: FormNode, list: Widget, rules: readonly RoutingRow[]): () => RoutingRow[] {
  const text = (key: string) => node._(`exception-route.${key}`);
  const ownerText = (owner: string) => text(`option.${owner.replace('-', '_')}`);
  const header: Widget = $('<div class="planbridge-line"></div>');
  for (const column of COLUMNS)
    $('<b style="flex:1 1 90px; min-width:0"></b>')
      .text(text(`label.${column}`))
      .appendTo(header);

  const choice = (options: readonly { value: string; text: string }[], chosen: string) => {
    const select: Widget = $('<select></select>');
    for (const option of options) select.append($('<option></option>').val(option.value).text(option.text));
    return select.val(chosen);
  };
  const inputOf = (column: (typeof COLUMNS)[number], value: string): Widget => {
    if (column === 'owner')
      return choice(
        OWNERS.map((owner) => ({ value: owner, text: ownerText(owner) })),
        value || OWNERS[0],
      );
    if (column === 'severity')
      return choice(
        [
          { value: '', text: text('label.any') },
          ...SEVERITIES.map((severity) => ({ value: severity, text: text(`severity.${severity}`) })),
        ],
        value,
      );
    return $('<input type="text">').attr('placeholder', text('label.any')).val(value);
  };

  list.editableList({
    height: 'auto',
    header,
    addButton: text('label.addRule'),
    sortable: true,
    removable: true,
    addItem(item: Widget, _index: number, rule: Partial<RoutingRow>) {
      const line: Widget = $('<div class="planbridge-line"></div>').appendTo(item);
      for (const column of COLUMNS)
        inputOf(column, rule[column] ?? '')
          .addClass(`planbridge-${column}`)
          .attr('aria-label', text(`label.${column}`))
          .appendTo(line);
      completeFrom(line.find('.planbridge-reason'), () => REASONS.map((reason) => ({ value: reason, text: saidOf(reason) })));
    },
  });
  const saidOf = (reason: Reason) => `${ownerText(CATALOGUE[reason].owner)} · ${text(`severity.${CATALOGUE[reason].severity}`)}`;
  list.editableList('addItems', [...rules]);

  return () => {
    const read: RoutingRow[] = [];
    list.editableList('items').each((_: number, item: Widget) => {
      const value = (column: string) => String($(item).find(`.planbridge-${column}`).val()).trim();
      const filled = COLUMNS.map((column) => [column, value(column)] as const).filter(([, said]) => said !== '');
      read.push(Object.fromEntries(filled) as RoutingRow);
    });
    return read;
  };
}

/** Shows in `table` what holds where no rule matches: each reason with its owner, its severity and what mends it. */
export function reasonTable(node: FormNode, table: Widget): void {
  const text = (key: string) => node._(`exception-route.${key}`);
  const cells = (line: Widget, kind: string, words: readonly string[]) => {
    for (const word of words) $(`<${kind}></${kind}>`).text(word).appendTo(line);
  };
  cells(
    $('<tr></tr>').appendTo(table),
    'th',
    ['reason', 'owner', 'severity', 'action'].map((column) => text(`label.${column}`)),
  );
  for (const reason of REASONS) {
    const { owner, severity, action } = CATALOGUE[reason];
    const line: Widget = $('<tr></tr>').appendTo(table);
    cells(line, 'td', [reason, text(`option.${owner.replace('-', '_')}`), text(`severity.${severity}`), action]);
  }
}
