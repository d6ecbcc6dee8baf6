import { useState } from 'preact/hooks';
import { Refused } from '../parts/refused.tsx';
import { Command } from '../parts/small.tsx';
import { wordsOf } from '../state/request.ts';
import { signInWith } from '../state/session.ts';
import { texts } from '../texts.ts';

export function SignIn() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await signInWith(token.trim()).catch((failure) => setError(wordsOf(failure)));
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <h1>{texts.product}</h1>
      <p>{texts.signIn.hint}</p>
      <Command text={texts.signIn.command} />
      <p>{texts.signIn.or}</p>
      <form onSubmit={send}>
        <label>
          {texts.signIn.token}
          <input
            type="password"
            autocomplete="off"
            required
            value={token}
            aria-invalid={error !== undefined}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? texts.signIn.busy : texts.signIn.button}
        </button>
      </form>
      <Refused words={error} />
    </main>
  );
}
