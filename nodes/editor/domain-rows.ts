import { completeFields, fieldAt } from './completion.ts';
import { type DomainTree, type Group, OPERATORS, textOf, typedValue } from './domain-tree.ts';
import type { Widget } from './red.ts';
import { smallButton } from './small-button.ts';

/** What the rows need of the form around them. */
export type Surroundings = {
  readonly server: () => string;
  readonly model: () => string;
  readonly text: (key: string) => string;
  /** Called when anything was changed. */
  readonly changed: () => void;
};

/** A part of the builder: what is shown, and what it stands for as it is filled in now. */
export type Part<Tree extends DomainTree = DomainTree> = { readonly element: Widget; read(): Tree };

/** Field types whose values are written in a way of their own; their texts say how. */
const WRITTEN = ['boolean', 'date', 'datetime', 'many2one', 'selection'];

/** A group of conditions and of further groups. */
export function groupPart(group: Group, around: Surroundings): Part<Group> {
  const { text, changed } = around;
  const element: Widget = $('<div></div>');
  const head: Widget = $('<div class="planbridge-line"></div>').appendTo(element);
  const join: Widget = $('<select class="planbridge-narrow planbridge-join"></select>').appendTo(head).on('change', changed);
  for (const kind of ['and', 'or', 'not'] as const) join.append($('<option></option>').val(kind).text(text(kind)));
  join.val(group.join);
  const list: Widget = $('<div class="planbridge-nested"></div>').appendTo(element);
  const parts = new Set<Part>();
  const add = (item: DomainTree) => {
    const part = item.kind === 'group' ? groupPart(item, around) : conditionPart(item, around);
    parts.add(part);
    list.append(removable(part.element, text('remove'), () => parts.delete(part) && changed()));
  };
  for (const item of group.items) add(item);
  const adder = (key: string, item: DomainTree) =>
    smallButton(text(key), 'fa-plus', () => {
      add(item);
      changed();
    }).appendTo(head);
  adder('addCondition', { kind: 'condition', field: '', operator: '=', value: '' });
  adder('addGroup', { kind: 'group', join: 'or', items: [] });
  return {
    element,
    read: () => ({ kind: 'group', join: join.val() as Group['join'], items: [...parts].map((part) => part.read()) }),
  };
}

function conditionPart(item: Extract<DomainTree, { kind: 'condition' }>, around: Surroundings): Part {
  const { text, changed } = around;
  const element: Widget = $('<div class="planbridge-line"></div>');
  const input = (name: string, value: string) =>
    $('<input type="text">')
      .addClass(`planbridge-${name}`)
      .attr({ placeholder: text(name), 'aria-label': text(name) })
      .val(value)
      .appendTo(element)
      .on('change', changed);
  const field: Widget = input('field', item.field);
  const operator: Widget = $('<select class="planbridge-operator"></select>')
    .attr('aria-label', text('operator'))
    .appendTo(element)
    .on('change', changed);
  for (const [name, said] of Object.entries(OPERATORS)) operator.append($('<option></option>').val(name).text(text(said)));
  // What the builder does not offer but Odoo has stays as it is.
  if (!(item.operator in OPERATORS)) operator.append($('<option></option>').val(item.operator).text(item.operator));
  operator.val(item.operator);
  const value: Widget = input('value', textOf(item.value));
  completeFields(field, around.server, around.model, false);
  const explain = () => {
    if (String(field.val()) === '') return;
    fieldAt(around.server(), around.model(), String(field.val())).then(
      (found) => value.attr('placeholder', text(found && WRITTEN.includes(found.type) ? found.type : 'value')),
      // Without a server there is only less of a hint.
      () => undefined,
    );
  };
  field.on('change', explain);
  explain();
  return {
    element,
    read: () => ({
      kind: 'condition',
      field: String(field.val()).trim(),
      operator: String(operator.val()),
      value: typedValue(String(value.val()), String(operator.val())),
    }),
  };
}

function removable(element: Widget, title: string, remove: () => void): Widget {
  const row: Widget = $('<div style="display:flex; gap:4px; align-items:flex-start; margin:4px 0"></div>');
  row.append(element.css({ flex: '1', minWidth: '0' }));
  smallButton('', 'fa-remove', () => {
    row.remove();
    remove();
  })
    .attr({ title, 'aria-label': title })
    .appendTo(row);
  return row;
}
