/** Why the service refused what a person did; nothing where it did not. */
export function Refused({ words }: { words: string | undefined }) {
  if (words === undefined) return null;
  return (
    <p class="error" role="alert">
      {words}
    </p>
  );
}
