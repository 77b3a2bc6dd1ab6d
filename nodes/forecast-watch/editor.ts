import { chosen, needed, wholeNumber } from '../editor/validate.ts';
import '../editor/style.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DAYS = /^\s*(mon|tue|wed|thu|fri|sat|sun)(\s*,\s*(mon|tue|wed|thu|fri|sat|sun))*\s*$/i;

RED.nodes.registerType('forecast-watch', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#F3B567',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('forecast-watch.label.store') },
    server: { value: '', type: 'odoo-server', validate: chosen('forecast-watch.label.server') },
    interface: { value: 'forecast-import' },
    dueAt: { value: '07:00', validate: needed('forecast-watch.label.dueAt', 'editor.error.timeOfDay', TIME) },
    days: { value: 'mon, tue, wed, thu, fri', validate: needed('forecast-watch.label.days', 'editor.error.weekdays', DAYS) },
    freshHours: { value: 24, validate: wholeNumber('forecast-watch.label.freshHours', 1, 8_760) },
    sendBy: { value: '12:00', validate: needed('forecast-watch.label.sendBy', 'editor.error.timeOfDay', TIME) },
    planner: { value: '' },
    approver: { value: '' },
    integration: { value: '' },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._('forecast-watch.output.notices');
  },
  icon: 'forecast-watch.svg',
  paletteLabel: 'forecast watch',
  label() {
    return String(this.name || 'forecast watch');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
