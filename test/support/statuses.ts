/** What a running Node-RED shows beneath its nodes. */
export type Statuses = {
  /** The text beneath a node; undefined where it shows none. */
  of(node: string): string | undefined;
  close(): void;
};

/** Listens to Node-RED as its editor does. */
export async function watchStatuses(url: string): Promise<Statuses> {
  const texts = new Map<string, string | undefined>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
  socket.addEventListener('message', ({ data }) => {
    const messages = JSON.parse(String(data)) as { topic?: string; data?: { text?: string } }[];
    for (const { topic = '', data } of messages) texts.set(topic.replace(/^status\//, ''), data?.text);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  socket.send(JSON.stringify({ subscribe: 'status/#' }));
  return { of: (node) => texts.get(node), close: () => socket.close() };
}
