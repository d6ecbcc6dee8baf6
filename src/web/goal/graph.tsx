import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { TaskStatus } from '../../domain/task-status.ts';
import { openTask, showTask } from '../state/router.ts';
import { texts } from '../texts.ts';
import { foldedId, type GraphEdge, type GraphNode, layoutGraph, nodeHeight, nodeWidth } from './layout.ts';
import { glowing, matching, shown, times } from './store.ts';

interface View {
  x: number;
  y: number;
  scale: number;
}

/** A smaller text could not be read: what does not fit then is reached by moving the picture. */
const leastFit = 0.72;
/** Arrows have the colour of their edges. */
const arrows = ['', 'critical'];
const scales = { least: 0.15, most: 2 };

/** Each task's place in the order of the work: what it needs to the left, what needs it to the right. */
export function Graph() {
  const layout = useMemo(() => layoutGraph(shown.value), [structureOf(shown.value)]);
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal<View>({ x: 0, y: 0, scale: 1 });
  const hovered = useSignal<string | undefined>(undefined);
  const lit = useComputed(() => relatives(hovered.value ?? undefined, layout.edges));
  const fit = () => {
    const { clientWidth = 0, clientHeight = 0 } = box.current ?? {};
    const scale = Math.min(1, Math.max(leastFit, Math.min(clientWidth / layout.width, clientHeight / layout.height)));
    const fits = (size: number, room: number) => (size * scale <= room ? (room - size * scale) / 2 : 0);
    view.value = { scale, x: fits(layout.width, clientWidth), y: fits(layout.height, clientHeight) };
  };
  useLayoutEffect(fit, [layout.width, layout.height]);
  const zoom = (factor: number, at?: { x: number; y: number }) => {
    const { clientWidth = 0, clientHeight = 0 } = box.current ?? {};
    view.value = zoomed(view.value, factor, at ?? { x: clientWidth / 2, y: clientHeight / 2 });
  };
  usePanAndZoom(box, view, zoom);
  const { x, y, scale } = view.value;
  const isSeen = seenIn(view.value, box.current, layout.nodes.length);
  const seen = layout.nodes.filter(isSeen);
  const seenIds = new Set(seen.map(({ id }) => id));
  const edges = layout.edges.filter(({ from, to }) => seenIds.has(from) || seenIds.has(to));
  return (
    <div class="graph" ref={box}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no picture */}
      <svg role="group" aria-label={texts.goal.graphLabel} class={lit.value.size > 0 ? 'lighting' : ''}>
        <defs>
          {arrows.map((kind) => (
            <marker
              key={kind}
              id={`arrow${kind}`}
              class={kind}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 1 7 4 0 7z" />
            </marker>
          ))}
        </defs>
        <g transform={`translate(${x} ${y}) scale(${scale})`}>
          {edges.map((edge) => (
            <Edge
              key={`${edge.from} ${edge.to}`}
              edge={edge}
              isLit={lit.value.has(edge.from) && lit.value.has(edge.to)}
            />
          ))}
          {seen.map((node) => (
            <Node key={node.id} node={node} isLit={lit.value.has(node.id)} hover={(id) => (hovered.value = id)} />
          ))}
        </g>
      </svg>
      <div class="zoom">
        <button type="button" class="icon" aria-label={texts.goal.zoomOut} onClick={() => zoom(0.8)}>
          −
        </button>
        <button type="button" class="icon" aria-label={texts.goal.zoomIn} onClick={() => zoom(1.25)}>
          +
        </button>
        <button type="button" onClick={fit}>
          {texts.goal.reset}
        </button>
      </div>
    </div>
  );
}

/** Of a large graph only the nodes that are in sight are drawn. */
function seenIn({ x, y, scale }: View, box: HTMLDivElement | null, count: number): (node: GraphNode) => boolean {
  if (count <= 300 || box === null) return () => true;
  const [left, top] = [-x / scale, -y / scale];
  const [right, bottom] = [left + box.clientWidth / scale, top + box.clientHeight / scale];
  return (node) => node.x < right && node.x + nodeWidth > left && node.y < bottom && node.y + nodeHeight > top;
}

/** What decides where the tasks stand: not how they are called or who holds them. */
function structureOf(tasks: typeof shown.value): string {
  const isLarge = tasks.size > 300;
  let text = '';
  for (const { task, column } of tasks.values())
    text += `${task.id}:${task.dependencies.join()}${isLarge && column === 'done' ? '!' : ''};`;
  return text;
}

function Edge({ edge: { from, to, path }, isLit }: { edge: GraphEdge; isLit: boolean }) {
  const { critical } = times.value;
  const isDone = shown.value.get(from)?.column === 'done' || from === foldedId;
  const kind = critical.has(from) && critical.has(to) ? 'critical' : isDone ? 'done' : '';
  const arrow = isLit || kind === 'critical' ? 'critical' : '';
  return <path class={`edge ${kind}${isLit ? ' lit' : ''}`} d={path} marker-end={`url(#arrow${arrow})`} />;
}

function Node({ node, isLit, hover }: { node: GraphNode; isLit: boolean; hover: (id: string | undefined) => void }) {
  const { id, x, y, folded } = node;
  if (folded > 0) {
    return (
      <g class="node done" transform={`translate(${x} ${y})`}>
        <rect width={nodeWidth} height={nodeHeight} rx="6" />
        <text x="9" y="35">
          {texts.goal.folded(folded)}
        </text>
      </g>
    );
  }
  const current = shown.value.get(id);
  if (current === undefined) return null;
  const { task, column } = current;
  const isCritical = times.value.critical.has(id);
  const state = `${column}${isCritical ? ' critical' : ''}${isLit ? ' lit' : ''}${glowing.value.has(id) ? ' glow' : ''}${openTask.value === id ? ' open' : ''}${matching.value.has(id) ? '' : ' faint'}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button of HTML may not stand in a picture
    <g
      class={`node ${state}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      data-opens={id}
      onClick={() => showTask(id)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        showTask(id);
      }}
      onMouseEnter={() => hover(id)}
      onMouseLeave={() => hover(undefined)}
      onFocus={() => hover(id)}
      onBlur={() => hover(undefined)}
    >
      <rect width={nodeWidth} height={nodeHeight} rx="6" />
      <text class="id" x="9" y="17">
        {`${stopped[task.status] ?? marks[column]} ${id}${isCritical ? ' ◆' : ''}`}
      </text>
      <text class="effort" x={nodeWidth - 8} y="17" text-anchor="end">
        {task.estimated_effort ?? ''}
      </text>
      <foreignObject x="9" y="23" width={nodeWidth - 16} height={nodeHeight - 26}>
        <p dir="auto" title={task.description} class={task.claimed_by === null ? '' : 'one'}>
          {task.description}
        </p>
        {task.claimed_by === null ? null : <p class="holder">{task.claimed_by}</p>}
      </foreignObject>
    </g>
  );
}

const stopped: Partial<Record<TaskStatus, string>> = { failed: '✕', cancelled: '⊘', deferred: '◷' };
const marks = { ready: '○', working: '◐', waiting: '◌', stuck: '⊘', done: '✔' };

/** A task with all that it needs and all that needs it. */
function relatives(id: string | undefined, edges: readonly GraphEdge[]): Set<string> {
  const found = new Set<string>();
  if (id === undefined) return found;
  const walk = (from: 'from' | 'to', to: 'from' | 'to') => {
    const next = new Map<string, string[]>();
    for (const edge of edges) next.set(edge[from], [...(next.get(edge[from]) ?? []), edge[to]]);
    const seen = new Set([id]);
    for (const each of seen) for (const other of next.get(each) ?? []) seen.add(other);
    for (const each of seen) found.add(each);
  };
  walk('from', 'to');
  walk('to', 'from');
  return found;
}

function zoomed({ x, y, scale }: View, factor: number, at: { x: number; y: number }): View {
  const next = Math.min(scales.most, Math.max(scales.least, scale * factor));
  const ratio = next / scale;
  return { scale: next, x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio };
}

/** The wheel moves the picture, with Ctrl (or two fingers) it zooms; so does dragging the ground. */
function usePanAndZoom(
  box: { current: HTMLDivElement | null },
  view: { value: View },
  zoom: (factor: number, at: { x: number; y: number }) => void,
): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const move = (x: number, y: number) => {
      view.value = { ...view.value, x: view.value.x + x, y: view.value.y + y };
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      if (event.ctrlKey) zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - left, y: event.clientY - top });
      else move(-event.deltaX, -event.deltaY);
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest('.node, button') !== null) return;
      element.setPointerCapture(event.pointerId);
      const onMove = (moved: PointerEvent) => move(moved.movementX, moved.movementY);
      element.addEventListener('pointermove', onMove);
      element.addEventListener('pointerup', () => element.removeEventListener('pointermove', onMove), { once: true });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
    };
  }, []);
}
