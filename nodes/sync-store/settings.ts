import { z } from 'zod';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  /** Blank = PLANBRIDGE_STORE, else a file in Node-RED's user directory. */
  url: textField(),
  retentionDays: numberField(35),
});
