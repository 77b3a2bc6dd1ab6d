import type { Page } from 'playwright-core';

export type Point = { readonly x: number; readonly y: number };
export type Box = Point & { readonly id: string; readonly w: number; readonly h: number };
/** A wire as the editor draws it, in some points from left to right. */
export type Wire = { readonly from: string; readonly port: number; readonly to: string; readonly points: readonly Point[] };
/** A flow as the editor draws it, in its own coordinates; `x` and `y` are a box's upper left. */
export type DrawnFlow = {
  readonly nodes: readonly (Box & { readonly group: string })[];
  readonly groups: readonly Box[];
  readonly wires: readonly Wire[];
};

type EditorNode = { id: string; type: string; g?: string; x: number; y: number; w: number; h: number; name?: string };
type EditorLink = { source: EditorNode; sourcePort: number; target: EditorNode };
type Path = { getTotalLength(): number; getPointAtLength(at: number): Point };
/** What the page has, as far as this asks it. */
type Editor = {
  workspaces: { show(id: string): void };
  nodes: {
    filterNodes(by: { z: string }): EditorNode[];
    groups(z: string): EditorNode[];
  };
};
declare const RED: Editor;
declare const document: {
  querySelectorAll(selector: string): ArrayLike<Path & { __data__: EditorLink }>;
};

const STEPS = 40;

/** Shows a flow in the editor, and measures what is drawn. */
export async function drawnFlow(page: Page, tab: string): Promise<DrawnFlow> {
  await page.evaluate((id) => RED.workspaces.show(id), tab);
  await page.waitForTimeout(500);
  return page.evaluate(
    ([z, steps]) => {
      const boxOf = ({ id, x, y, w, h }: EditorNode) => ({ id, x: x - w / 2, y: y - h / 2, w, h });
      const paths = Array.from(document.querySelectorAll('.red-ui-flow-link-line'));
      return {
        nodes: RED.nodes.filterNodes({ z }).map((node) => ({ ...boxOf(node), group: node.g ?? '' })),
        groups: RED.nodes.groups(z).map(({ id, x, y, w, h }) => ({ id, x, y, w, h })),
        wires: paths.map((path) => {
          const { source, sourcePort, target } = path.__data__;
          const length = path.getTotalLength();
          const points = Array.from({ length: steps + 1 }, (_, step) => path.getPointAtLength((length * step) / steps));
          return { from: source.id, port: sourcePort, to: target.id, points: points.map(({ x, y }) => ({ x, y })) };
        }),
      };
    },
    [tab, STEPS] as const,
  );
}

/** Whether one box lies wholly inside another. */
export const holds = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w && inner.y + inner.h <= outer.y + outer.h;

/** Whether two boxes share some ground. */
export const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;

/** Whether a wire runs over a node that it does not begin or end at. */
export const passesThrough = ({ from, to, points }: Wire, node: Box): boolean =>
  node.id !== from &&
  node.id !== to &&
  points.some(({ x, y }) => x > node.x && x < node.x + node.w && y > node.y && y < node.y + node.h);

/** Whether two wires cross. Those that begin at one port run together there. */
export function crossing(one: Wire, other: Wire): boolean {
  if (one.from === other.from && one.port === other.port) return false;
  const stretches = (wire: Wire) => wire.points.slice(1).map((point, index) => [wire.points[index] as Point, point] as const);
  const others = stretches(other);
  return stretches(one).some(([a, b]) => others.some(([c, d]) => cut(a, b, c, d)));
}

/** Whether the line from a to b and that from c to d cut each other. */
function cut(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
