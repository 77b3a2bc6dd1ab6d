import type { FormNode, Widget } from './red.ts';

type Row = { to: unknown; from?: unknown; transforms?: unknown[]; required?: boolean; default?: unknown } & Record<
  string,
  unknown
>;
type Mapping = { rows?: Row[] } & Record<string, unknown>;

/** A new mapping to begin with. */
const BLANK: Mapping = { id: 'my-mapping', version: 1, from: 'planner', to: 'forecast-line', rows: [] };

/**
 * The rows of a mapping as an editable list beside its JSON. What the list does not show (constants, wide to long, the
 * target) stays in the JSON as it is; either can be edited, the other follows.
 */
export function mappingRows(node: FormNode, list: string, json: string): { show(): void } {
  const text = (key: string) => node._(`canonical-map.${key}`);
  let showing = false;

  const read = (): Mapping => {
    try {
      return JSON.parse(String($(json).val() || JSON.stringify(BLANK))) as Mapping;
    } catch {
      return BLANK;
    }
  };
  const keep = () => {
    if (showing) return;
    const rows: Row[] = [];
    $(list)
      .editableList('items')
      .each((_: number, element: Widget) => rows.push(rowOf($(element))));
    $(json).val(JSON.stringify({ ...read(), rows }, undefined, 2));
  };

  $(list)
    .css('min-height', '150px')
    .editableList({
      addButton: text('label.addRow'),
      sortable: true,
      removable: true,
      addItem(element: Widget, _index: number, row: Partial<Row>) {
        element.css({ display: 'flex', gap: '4px', alignItems: 'center' }).data('row', row);
        const field = (name: string, value: unknown, width: string, hint: string) =>
          $('<input type="text">')
            .addClass(`planbridge-${name}`)
            .css({ width })
            .attr('placeholder', hint)
            .val(value ?? '')
            .appendTo(element)
            .on('change', keep);
        field('to', one(row.to), '20%', text('label.to'));
        field('from', one(row.from), '20%', text('label.from'));
        field(
          'transforms',
          row.transforms?.map((step) => JSON.stringify(step)).join(', '),
          '32%',
          text('placeholder.transforms'),
        );
        field('default', row.default, '12%', text('label.default'));
        const required = $('<label style="width:auto; margin:0"></label>').appendTo(element);
        $('<input type="checkbox" class="planbridge-required" style="width:auto; margin:0 4px">')
          .prop('checked', row.required === true)
          .appendTo(required)
          .on('change', keep);
        required.append($('<span></span>').text(text('label.required')));
      },
      removeItem: () => keep(),
      sortItems: () => keep(),
    });

  const show = () => {
    showing = true;
    $(list).editableList('empty');
    $(list).editableList('addItems', read().rows ?? []);
    showing = false;
  };
  $(json).on('change', show);
  show();
  return { show };

  function rowOf(element: Widget): Row {
    const value = (name: string) => String(element.find(`.planbridge-${name}`).val()).trim();
    const row: Row = { ...(element.data('row') as Row), to: many(value('to')) };
    delete row.from;
    delete row.transforms;
    delete row.default;
    delete row.required;
    if (value('from')) row.from = many(value('from'));
    if (value('transforms')) {
      try {
        row.transforms = JSON.parse(`[${value('transforms')}]`) as unknown[];
      } catch {
        // The mapping's own check names the row; what was typed is kept to be mended.
        row.transforms = [value('transforms')];
      }
    }
    if (value('default')) row.default = value('default');
    if (element.find('.planbridge-required').prop('checked')) row.required = true;
    return row;
  }
}

const one = (value: unknown) => (Array.isArray(value) ? value.join(', ') : value);
const many = (text: string) => (text.includes(',') ? text.split(',').map((name) => name.trim()) : text);
