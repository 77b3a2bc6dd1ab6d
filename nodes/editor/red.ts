/** The parts of Node-RED's editor that the forms use. */

/** A node as its form sees it: its saved settings, and texts of its own locale. */
export type FormNode = Record<string, unknown> & {
  readonly id: string;
  readonly type: string;
  readonly valid?: boolean | null;
  _(key: string, values?: Record<string, unknown>): string;
};

export type Default = {
  readonly value: unknown;
  readonly type?: string;
  readonly required?: boolean;
  /** True, or what is wrong in words; must be written with both parameters. */
  readonly validate?: (this: FormNode, value: string, options?: { label?: string }) => boolean | string;
};

export type Definition = {
  readonly category: string;
  readonly categoryDescription?: string;
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
  readonly oneditcancel?: (this: FormNode) => void;
  readonly oneditresize?: (this: FormNode) => void;
};

// biome-ignore lint/suspicious/noExplicitAny: Node-RED's widgets are jQuery plug-ins, untyped
export type Widget = any;

/** Node-RED's code editor. */
export type CodeEditor = { getValue(): string; setValue(text: string): void; destroy(): void };

declare global {
  const RED: {
    nodes: { registerType(type: string, definition: Definition): void; node(id: string): FormNode | null };
    editor: { createEditor(options: Record<string, unknown>): CodeEditor };
  };
  // biome-ignore lint/suspicious/noExplicitAny: jQuery with Node-RED's plug-ins
  const $: any;
}
