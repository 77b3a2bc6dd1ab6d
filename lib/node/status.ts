import type { Node, NodeAPI } from 'node-red';

/** The states of a node, with Node-RED's own colours and shapes. */
const LOOKS = {
  working: { fill: 'blue', shape: 'dot' },
  done: { fill: 'green', shape: 'dot' },
  waiting: { fill: 'yellow', shape: 'ring' },
  exceptions: { fill: 'yellow', shape: 'dot' },
  idle: { fill: 'grey', shape: 'ring' },
  failed: { fill: 'red', shape: 'ring' },
} as const;

/** Shows a node's status: a look, and a text of its own locale (`<type>.status.<key>`), under 20 characters. */
export function showStatus(
  RED: NodeAPI,
  node: Node,
  look: keyof typeof LOOKS,
  key: string,
  values: Record<string, unknown> = {},
): void {
  node.status({ ...LOOKS[look], text: RED._(`${node.type}.status.${key}`, values as never) });
}

/** What failures are called in the status, by the class of the error; `*` stands for each of its codes. */
const FAMILIES: Readonly<Record<string, string>> = {
  OdooError: 'odoo.*',
  OutcomePending: 'pending',
  StoreError: 'store.*',
  BrokerError: 'broker.*',
  MessageError: 'message.*',
  SettingsError: 'settings',
  MappingError: 'mapping',
  CanonicalError: 'settings',
  ForecastError: 'forecast',
};

/** The name of a failure's text, under `failure.` in every node's locale. */
export function failureKey(error: unknown): string {
  const { name = '', code = '' } = error as { name?: string; code?: string };
  const family = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
  return `failure.${family?.replace('*', code.replaceAll('-', '_')) ?? 'other'}`;
}

/** Shows a failure in a few words; the whole text goes to the log and to Catch nodes. */
export function showFailure(RED: NodeAPI, node: Node, error: unknown): void {
  node.status({ ...LOOKS.failed, text: RED._(failureKey(error)) });
}

/** Shows the troubles of one kind of work that goes on in the background and is tried again by itself. */
export type Troubles = {
  /** Told once, to the log and (where there is a message to tell it with) to Catch nodes, until it is another one or over. */
  tell(error: Error, message?: object): void;
  /** Shown in words of the node's own, and told to nobody. */
  show(key: string, values?: Record<string, unknown>): void;
  over(): void;
};

/**
 * The troubles of a node, by the kind of its work: what is over for one kind may go on for another, and is shown again
 * then. `atRest` shows how the node is without any.
 */
export function troubles(RED: NodeAPI, node: Node, atRest = () => node.status({})): (work: string) => Troubles {
  const told = new Map<string, string>();
  const shown = new Map<string, () => void>();
  return (work) => {
    const show = (how: () => void) => {
      shown.set(work, how);
      how();
    };
    return {
      tell(error, message) {
        show(() => showFailure(RED, node, error));
        if (error.message !== told.get(work)) node.error(error, message as never);
        told.set(work, error.message);
      },
      show: (key, values) => show(() => showStatus(RED, node, 'failed', key, values)),
      over() {
        told.delete(work);
        if (!shown.delete(work)) return;
        const [other = atRest] = shown.values();
        other();
      },
    };
  };
}
