import { completeFrom } from '../editor/completion.ts';
import { type MappingForm, mappingForm } from '../editor/mapping-form.ts';
import { presetChooser } from '../editor/mapping-presets.ts';
import { readMapping } from '../editor/mapping-source.ts';
import { tryMapping } from '../editor/mapping-try.ts';
import { recordsOfSample } from '../editor/sample.ts';
import { chosen, readable, timeZone } from '../editor/validate.ts';
import { openFaults, showWhatApplies } from '../editor/visibility.ts';
import '../editor/style.ts';

/** The mapping that is being edited; the editor has one form of a type open at a time. */
let form: MappingForm | undefined;

RED.nodes.registerType('canonical-map', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    source: { value: 'preset' },
    preset: { value: 'forecast-default' },
    mapping: {
      value: '',
      validate: readable('canonical-map.label.mapping', (mapping, node) => {
        if (node.source === 'inline' && readMapping(mapping).rows.length === 0)
          throw new Error(node._('canonical-map.error.noRows'));
      }),
    },
    direction: { value: 'forward' },
    server: { value: '', type: 'odoo-server', required: false, validate: chosen('canonical-map.label.server', () => true) },
    timezone: { value: '', validate: timeZone('canonical-map.label.timezone') },
    sample: { value: '', validate: readable('canonical-map.label.sample', (sample) => recordsOfSample(sample)) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'canonical-map.output.mapped' : 'canonical-map.output.refused');
  },
  icon: 'canonical-map.svg',
  paletteLabel: 'canonical map',
  label() {
    return String(this.name || (this.source === 'preset' && this.preset) || 'canonical map');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const source = $('#node-input-source');
    const preset = $('#node-input-preset');
    const editor = mappingForm(this, () => String($('#node-input-server').val()));
    form = editor;
    presetChooser(String(this.preset), (mapping) => {
      editor.show(mapping);
      source.val('inline').trigger('change');
    });
    completeFrom($('#node-input-timezone'), () => Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, text: '' })));
    $('#planbridge-try').on('click', () => {
      const timezone = String($('#node-input-timezone').val());
      const tried = source.val() === 'preset' ? { preset: String(preset.val()), timezone } : { mapping: editor.text(), timezone };
      tryMapping(this, String($('#node-input-sample').val()), tried);
    });
    showWhatApplies();
    openFaults();
  },
  oneditsave() {
    form?.close(true);
  },
  oneditcancel() {
    form?.close(false);
  },
});
