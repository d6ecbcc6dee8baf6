import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 760px)');
/** Whether the page is as narrow as a phone: the styles have the same width. */
export const isNarrow = signal(query.matches);
query.addEventListener('change', () => {
  isNarrow.value = query.matches;
});
