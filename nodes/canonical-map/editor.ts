import { ask } from '../editor/ask.ts';
import { mappingRows } from '../editor/mapping-rows.ts';
import { COLOUR } from '../editor/red.ts';
import { showFor } from '../editor/rows.ts';
import { isList, isObject, json } from '../editor/validate.ts';

type Preset = { readonly id: string; readonly title: string; readonly description: string; readonly mapping: unknown };

RED.nodes.registerType('canonical-map', {
  category: 'Planbridge',
  color: COLOUR.planning,
  defaults: {
    name: { value: '' },
    source: { value: 'preset' },
    preset: { value: 'forecast-default' },
    mapping: {
      value: '',
      validate: json('canonical-map.error.mapping', (value) => isObject(value) && isList((value as { rows?: unknown }).rows)),
    },
    direction: { value: 'forward' },
    server: { value: '', type: 'odoo-server', required: false },
    timezone: { value: '' },
    sample: { value: '', validate: json('canonical-map.error.sample', isList) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return [this._('canonical-map.output.mapped'), this._('canonical-map.output.refused')][index] ?? '';
  },
  icon: 'canonical-map.svg',
  paletteLabel: 'canonical-map',
  label() {
    return String(this.name || 'canonical-map');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const rows = mappingRows(this, '#planbridge-rows', '#node-input-mapping');
    let presets: Preset[] = [];
    const chosen = () => presets.find(({ id }) => id === $('#node-input-preset').val());
    ask<Preset[]>('planbridge/mapping/presets').then(
      (found) => {
        presets = found;
        for (const { id, title } of found) $('#node-input-preset').append($('<option></option>').val(id).text(title));
        $('#node-input-preset').val(this.preset).trigger('change');
      },
      (error: Error) => RED.notify(error.message, { type: 'error' }),
    );
    $('#node-input-preset').on('change', () => $('#planbridge-preset-text').text(chosen()?.description ?? ''));
    $('#planbridge-copy').on('click', () => {
      $('#node-input-mapping').val(JSON.stringify(chosen()?.mapping, undefined, 2));
      rows.show();
      $('#node-input-source').val('inline').trigger('change');
    });
    $('#planbridge-try').on('click', () => {
      const result = $('#planbridge-result').show();
      try {
        const sample = JSON.parse(String($('#node-input-sample').val() || '[]')) as unknown;
        const preset = $('#node-input-source').val() === 'preset' ? $('#node-input-preset').val() : undefined;
        const mapping = preset ? undefined : $('#node-input-mapping').val();
        ask('planbridge/mapping/try', { preset, mapping, sample, timezone: $('#node-input-timezone').val() }).then(
          (answer) => result.text(JSON.stringify(answer, undefined, 2)),
          (error: Error) => result.text(error.message),
        );
      } catch (error) {
        result.text(this._('canonical-map.error.json', { error: (error as Error).message }));
      }
    });
    showFor('#node-input-source', '#dialog-form');
  },
});
