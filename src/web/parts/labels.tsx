/** Labels as chips; those that have no room are counted. */
export function Labels({ labels, most = labels.length }: { labels: readonly string[]; most?: number }) {
  if (labels.length === 0) return null;
  const more = labels.length - most;
  return (
    <span class="labels" title={labels.join(', ')}>
      {labels.slice(0, most).map((label) => (
        <span key={label} class="chip" dir="auto">
          {label}
        </span>
      ))}
      {more > 0 ? <span class="chip">+{more}</span> : null}
    </span>
  );
}
