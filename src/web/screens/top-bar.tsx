import { nowMs } from '../state/clock.ts';
import { heardAtMs, isConnected } from '../state/feed.ts';
import { isInside, otherDisplay } from '../state/inside.ts';
import { overlay } from '../state/overlay.ts';
import { place } from '../state/router.ts';
import { mayWrite, session, signOut } from '../state/session.ts';
import { nextTheme, theme } from '../state/theme.ts';
import { texts } from '../texts.ts';

const screens = [
  ['goals', '/', texts.goals],
  ['now', '/now', texts.now],
  ['history', '/history', texts.history],
] as const;

export function TopBar() {
  const screen = place.value.screen === 'goal' ? 'goals' : place.value.screen;
  const who = session.value;
  return (
    <header class="top">
      <a class="brand" href="/">
        <svg class="logo" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.2" />
          <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" />
        </svg>
        <span class="product">{texts.product}</span>
        <span class="workspace">{who?.workspace}</span>
      </a>
      <nav aria-label={texts.product}>
        {screens.map(([name, to, label]) => (
          <a key={name} href={to} aria-current={screen === name ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <button type="button" class="search" onClick={() => (overlay.value = 'palette')}>
        <span>{texts.palette.label}</span>
        <kbd>k</kbd>
      </button>
      <Live />
      <span class="who" title={mayWrite.value ? undefined : texts.readOnly}>
        {who?.name}
        {mayWrite.value ? null : <span class="badge">{who?.role}</span>}
      </span>
      {isInside ? <Display /> : <Theme />}
      <button
        type="button"
        class="icon"
        aria-label={texts.shortcuts.title}
        title={texts.shortcuts.title}
        onClick={() => (overlay.value = 'help')}
      >
        ?
      </button>
      {isInside ? null : <SignOut />}
    </header>
  );
}

function Theme() {
  return (
    <button
      type="button"
      class="icon"
      aria-label={texts.theme[theme.value]}
      title={texts.theme[theme.value]}
      onClick={nextTheme}
    >
      <svg viewBox="0 0 14 14" aria-hidden="true" class={`sign theme ${theme.value}`}>
        <circle cx="7" cy="7" r="5" />
        <path class="filled" d="M7 2a5 5 0 0 1 0 10z" />
      </svg>
    </button>
  );
}

function SignOut() {
  return (
    <button type="button" class="icon" aria-label={texts.signOut} title={texts.signOut} onClick={() => void signOut()}>
      <svg viewBox="0 0 14 14" aria-hidden="true" class="sign">
        <path d="M8 2H3v10h5M6 7h6.5m-2-2.2L12.700 7l-2.2 2.200" />
      </svg>
    </button>
  );
}

/** Inside a client: the page in its other size. The client has the theme and the signing in. */
function Display() {
  const other = otherDisplay.value;
  if (other === undefined) return null;
  const label = texts.inside[other.mode];
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={other.show}>
      <svg viewBox="0 0 14 14" aria-hidden="true" class="sign">
        <path d={other.mode === 'fullscreen' ? 'M5 2H2v3M9 12h3V9' : 'M2 5h3V2M12 9H9v3'} />
      </svg>
    </button>
  );
}

/** Whether changes arrive; a thin line on top where they do not. */
function Live() {
  const seconds = Math.round((nowMs.value - heardAtMs.value) / 1000);
  const isLost = !isConnected.value && seconds > 1;
  return (
    <>
      <span class={`live${isConnected.value ? '' : ' lost'}`}>
        <i />
        {isConnected.value ? texts.live : null}
      </span>
      {isLost ? (
        <p class="offline" role="status">
          {texts.reconnecting(seconds)}
        </p>
      ) : null}
    </>
  );
}
