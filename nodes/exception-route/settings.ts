import { z } from 'zod';
import { RoutingRule } from '../../lib/exceptions/routing.ts';
import { textField } from '../../lib/node/settings.ts';

export const Settings = z.object({ store: textField(), rules: z.array(RoutingRule).default([]) });
