/** The parts of Node-RED's editor that the forms use. */

/** A node as its form sees it: its saved settings, and texts of its own locale. */
export type FormNode = Record<string, unknown> & {
  readonly id: string;
  readonly type: string;
  _(key: string, values?: Record<string, unknown>): string;
};

export type Default = {
  readonly value: unknown;
  readonly type?: string;
  readonly required?: boolean;
  /** True, or what is wrong in words. */
  readonly validate?: (this: FormNode, value: string, options?: { label?: string }) => boolean | string;
};

export type Definition = {
  readonly category: string;
  readonly color?: string;
  readonly defaults: Record<string, Default>;
  readonly credentials?: Record<string, { readonly type: 'text' | 'password' }>;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly icon?: string;
  readonly align?: 'left' | 'right';
  readonly paletteLabel?: string | ((this: FormNode) => string);
  readonly inputLabels?: string;
  readonly outputLabels?: (this: FormNode, index: number) => string;
  readonly label: (this: FormNode) => string;
  readonly labelStyle?: (this: FormNode) => string;
  readonly oneditprepare?: (this: FormNode) => void;
  readonly oneditsave?: (this: FormNode) => void;
  readonly oneditresize?: (this: FormNode) => void;
};

// biome-ignore lint/suspicious/noExplicitAny: Node-RED's widgets are jQuery plug-ins, untyped
export type Widget = any;

declare global {
  const RED: {
    nodes: { registerType(type: string, definition: Definition): void; node(id: string): FormNode | null };
    notify(text: string, options?: Record<string, unknown>): void;
    settings: { apiRootUrl?: string };
  };
  // biome-ignore lint/suspicious/noExplicitAny: jQuery with Node-RED's plug-ins
  const $: any;
}

/** Colours of the palette, from Node-RED's own nodes. */
export const COLOUR = { odoo: '#C7B8D9', planning: '#A9CBE3', exceptions: '#E7C9A0' } as const;
