import { useLayoutEffect, useState } from 'preact/hooks';
import { createAsked } from './overlay.ts';

/** Whether the screen's field for something new is open, and a way to open and close it. Somebody may ask for it from elsewhere. */
export function useCreating(): [boolean, (isOpen: boolean) => void] {
  const [isNew, setNew] = useState(false);
  const asked = createAsked.value;
  useLayoutEffect(() => {
    if (asked > 0) setNew(true);
    createAsked.value = 0;
  }, [asked]);
  return [isNew, setNew];
}
