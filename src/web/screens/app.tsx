import { useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Failure, Skeleton } from '../parts/small.tsx';
import { follow, signedOut, stopFollowing, wordsOf } from '../state/request.ts';
import { followLinks, place } from '../state/router.ts';
import { openSession, session } from '../state/session.ts';
import { texts } from '../texts.ts';
import { GoalScreen } from './goal.tsx';
import { GoalsScreen } from './goals.tsx';
import { HistoryScreen } from './history.tsx';
import { listenToKeys } from './keys.ts';
import { NowScreen } from './now.tsx';
import { Overlays } from './overlays.tsx';
import { SignIn } from './sign-in.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';

export function App() {
  const [error, setError] = useState<string>();
  const open = () => {
    setError(undefined);
    openSession().catch((failure) => setError(wordsOf(failure)));
  };
  // before the first frame: the answers are a round trip away
  useLayoutEffect(open, []);
  useEffect(() => listenToKeys(), []);
  useSignalEffect(() => {
    if (session.value == null || signedOut.value) stopFollowing();
    else follow();
  });
  if (error !== undefined && session.value === undefined) return <Failure words={error} retry={open} />;
  if (session.value === undefined) return <Skeleton />;
  if (session.value === null || signedOut.value) return <SignIn />;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: these are the clicks on links, which the keyboard makes too
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div class="page" onClick={followLinks}>
      <a class="skip" href="#content">
        {texts.skip}
      </a>
      <TopBar />
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
      <Toasts />
      <Overlays />
    </div>
  );
}

function Screen() {
  const now = place.value;
  if (now.screen === 'goal') return <GoalScreen goalId={now.goalId} tab={now.tab} />;
  if (now.screen === 'now') return <NowScreen />;
  return now.screen === 'history' ? <HistoryScreen /> : <GoalsScreen />;
}
