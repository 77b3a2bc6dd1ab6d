import type { ProductKey } from '../master-view.ts';

/** How a message names what the line names its product by. */
export const KEY_IN_WORDS: Record<ProductKey, string> = {
  default_code: 'internal reference',
  barcode: 'barcode',
  external_id: 'external id',
};
