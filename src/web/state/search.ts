import { useEffect, useState } from 'preact/hooks';
import { get } from './request.ts';

export interface Found {
  kind: 'goal' | 'task' | 'note';
  id: string;
  goal_id: string;
  task_id?: string;
  status?: string;
  snippet: string;
}

/** What the service finds for a text, a moment after somebody stopped typing. */
export function useSearch(text: string, kind?: 'goal' | 'task'): Found[] {
  const [found, setFound] = useState<Found[]>([]);
  useEffect(() => {
    const words = text.trim();
    if (words === '') return setFound([]);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const query = `query=${encodeURIComponent(words.slice(0, 200))}&limit=20${kind === undefined ? '' : `&kind=${kind}`}`;
      get<{ results: Found[] }>(`/search?${query}`, stop.signal).then(
        ({ results }) => setFound(results),
        () => {},
      );
    }, 80);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, kind]);
  return found;
}
