import { Graph, layout } from '@dagrejs/dagre';
import type { Shown } from './columns.ts';

export const nodeWidth = 134;
export const nodeHeight = 60;

export interface GraphNode {
  id: string;
  /** The task; undefined for the node that stands for folded ones. */
  shown: Shown | undefined;
  folded: number;
  x: number;
  y: number;
}

export interface GraphEdge {
  from: string;
  to: string;
  path: string;
}

export interface GraphLayout {
  nodes: GraphNode[];
  edges: GraphEdge[];
  width: number;
  height: number;
}

/** Past so many tasks, those that are completed are folded into one node. */
const foldsPast = 300;
/** Past so many, tasks stand in plain columns by their layer: finding good places would take seconds. */
const plainPast = 400;
export const foldedId = 'folded';
const gap = { rank: 34, node: 14 };

/** Where each task of a goal stands, in layers from left to right. */
export function layoutGraph(shown: ReadonlyMap<string, Shown>): GraphLayout {
  const isFolded = shown.size > foldsPast;
  const kept = [...shown.values()].filter(({ column }) => !(isFolded && column === 'done'));
  const folded = shown.size - kept.length;
  const ids = new Set(kept.map(({ task }) => task.id));
  const edges = kept.flatMap(({ task }) => {
    const own = task.dependencies.filter((id) => ids.has(id)).map((from) => ({ from, to: task.id }));
    const needsFolded = folded > 0 && task.dependencies.some((id) => shown.get(id)?.column === 'done');
    // one edge says that a task needs something of what is done; where it needs something else too, that says more
    return needsFolded && own.length === 0 ? [{ from: foldedId, to: task.id }] : own;
  });
  const nodes: Omit<GraphNode, 'x' | 'y'>[] = kept.map((each) => ({ id: each.task.id, shown: each, folded: 0 }));
  if (folded > 0) nodes.unshift({ id: foldedId, shown: undefined, folded });
  return nodes.length > plainPast ? plainLayout(nodes, edges) : dagreLayout(nodes, edges);
}

type Unplaced = Omit<GraphNode, 'x' | 'y'>[];
type Ends = { from: string; to: string }[];

function dagreLayout(nodes: Unplaced, edges: Ends): GraphLayout {
  const graph = new Graph<
    object,
    { width: number; height: number; x?: number; y?: number },
    { points?: { x: number; y: number }[] }
  >();
  graph.setGraph({ rankdir: 'LR', ranksep: gap.rank, nodesep: gap.node, edgesep: 8, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: nodeWidth, height: nodeHeight });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const placed = nodes.map((node) => {
    const { x = 0, y = 0 } = graph.node(node.id) ?? {};
    return { ...node, x: x - nodeWidth / 2, y: y - nodeHeight / 2 };
  });
  const at = new Map(placed.map((node) => [node.id, node]));
  const drawn = edges.flatMap(({ from, to }) => {
    const ends = endsOf(at.get(from), at.get(to));
    if (ends === undefined) return [];
    // beside its ends, an edge over one layer has a point between them, which would bend it
    const between = graph.edge(from, to)?.points?.slice(1, -1) ?? [];
    return [{ from, to, path: smooth([ends.start, ...(between.length > 1 ? between : []), ends.end]) }];
  });
  return sized(placed, drawn);
}

function plainLayout(nodes: Unplaced, edges: Ends): GraphLayout {
  const layers = layersOf(nodes, edges);
  const filled = new Map<number, number>();
  const placed = nodes.map((node) => {
    const layer = layers.get(node.id) ?? 0;
    const row = filled.get(layer) ?? 0;
    filled.set(layer, row + 1);
    return { ...node, x: 16 + layer * (nodeWidth + gap.rank), y: 16 + row * (nodeHeight + gap.node) };
  });
  const at = new Map(placed.map((node) => [node.id, node]));
  const drawn = edges.flatMap(({ from, to }) => {
    const ends = endsOf(at.get(from), at.get(to));
    return ends === undefined ? [] : [{ from, to, path: smooth([ends.start, ends.end]) }];
  });
  return sized(placed, drawn);
}

/** An edge leaves a node in the middle of its right side, and arrives in the middle of a left side. */
function endsOf(from: GraphNode | undefined, to: GraphNode | undefined) {
  if (from === undefined || to === undefined) return undefined;
  return {
    start: { x: from.x + nodeWidth, y: from.y + nodeHeight / 2 },
    end: { x: to.x, y: to.y + nodeHeight / 2 },
  };
}

/** The longest way to each node. A cycle, which only imported data can hold, ends where it began. */
function layersOf(nodes: Unplaced, edges: Ends): Map<string, number> {
  const missing = new Map(nodes.map(({ id }) => [id, 0]));
  const following = new Map<string, string[]>();
  for (const { from, to } of edges) {
    missing.set(to, (missing.get(to) ?? 0) + 1);
    following.set(from, [...(following.get(from) ?? []), to]);
  }
  const layers = new Map<string, number>();
  const queue = nodes.filter(({ id }) => missing.get(id) === 0).map(({ id }) => id);
  for (const id of queue) {
    const layer = layers.get(id) ?? 0;
    layers.set(id, layer);
    for (const next of following.get(id) ?? []) {
      layers.set(next, Math.max(layers.get(next) ?? 0, layer + 1));
      missing.set(next, (missing.get(next) ?? 0) - 1);
      if (missing.get(next) === 0) queue.push(next);
    }
  }
  return layers;
}

function sized(nodes: GraphNode[], edges: GraphEdge[]): GraphLayout {
  const width = Math.max(...nodes.map(({ x }) => x + nodeWidth)) + 16;
  const height = Math.max(...nodes.map(({ y }) => y + nodeHeight)) + 16;
  return { nodes, edges, width, height };
}

/** A smooth line through points, level where it begins and ends. */
function smooth(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += `C${middle},${before.y} ${middle},${point.y} ${point.x},${point.y}`;
    before = point;
  }
  return path;
}
