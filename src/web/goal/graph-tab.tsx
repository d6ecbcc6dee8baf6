import { useEffect, useState } from 'preact/hooks';
import { Skeleton } from '../parts/small.tsx';

type GraphModule = typeof import('./graph.tsx');
let loadedGraph: GraphModule | undefined;

/** The graph is loaded when somebody looks at it. */
export function GraphTab() {
  const [module, setModule] = useState(loadedGraph);
  useEffect(() => {
    if (module !== undefined) return;
    void import('./graph.tsx').then((found) => {
      loadedGraph = found;
      setModule(found);
    });
  }, []);
  return module === undefined ? <Skeleton /> : <module.Graph />;
}
