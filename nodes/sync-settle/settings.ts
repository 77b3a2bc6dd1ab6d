import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const Settings = z.object({ store: textField() });
export type Settings = z.infer<typeof Settings>;
