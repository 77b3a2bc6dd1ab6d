import { COLOUR, type Widget } from '../editor/red.ts';

/** A rule as the table holds it; a blank matches anything. */
type RoutingRow = { reason?: string; product?: string; location?: string; severity?: string; owner: string };

const COLUMNS = ['reason', 'product', 'location', 'severity'] as const;
const OWNERS = ['planner', 'buyer', 'master-data', 'integration'];

RED.nodes.registerType('exception-route', {
  category: 'Planbridge',
  color: COLOUR.exceptions,
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', required: true },
    rules: { value: [] as RoutingRow[] },
  },
  inputs: 1,
  outputs: 4,
  outputLabels(index) {
    return (
      [
        this._('exception-route.output.planner'),
        this._('exception-route.output.buyer'),
        this._('exception-route.output.masterData'),
        this._('exception-route.output.integration'),
      ][index] ?? ''
    );
  },
  icon: 'exception-route.svg',
  paletteLabel: 'exception-route',
  label() {
    return String(this.name || 'exception-route');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const text = (key: string) => this._(`exception-route.${key}`);
    $('#planbridge-rules')
      .css('min-height', '150px')
      .editableList({
        addButton: text('label.addRule'),
        sortable: true,
        removable: true,
        addItem(row: Widget, _index: number, rule: Partial<RoutingRow>) {
          row.css({ display: 'flex', gap: '4px' });
          for (const column of COLUMNS)
            $('<input type="text">')
              .addClass(`planbridge-${column}`)
              .css({ width: '20%' })
              .attr('placeholder', text(`label.${column}`))
              .val(rule[column] ?? '')
              .appendTo(row);
          const owner: Widget = $('<select class="planbridge-owner"></select>').css({ width: '20%' }).appendTo(row);
          for (const name of OWNERS)
            owner.append(
              $('<option></option>')
                .val(name)
                .text(text(`option.${name.replace('-', '_')}`)),
            );
          owner.val(rule.owner ?? 'planner');
        },
      });
    $('#planbridge-rules').editableList('addItems', this.rules);
  },
  oneditsave() {
    const rules: RoutingRow[] = [];
    $('#planbridge-rules')
      .editableList('items')
      .each((_: number, row: Widget) => {
        const value = (column: string) => String($(row).find(`.planbridge-${column}`).val()).trim();
        const rule: RoutingRow = { owner: value('owner') };
        for (const column of COLUMNS) if (value(column)) rule[column] = value(column);
        rules.push(rule);
      });
    this.rules = rules;
  },
});
