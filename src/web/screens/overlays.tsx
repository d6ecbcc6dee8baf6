import { Dialog } from '../parts/dialog.tsx';
import { overlay } from '../state/overlay.ts';
import { texts } from '../texts.ts';
import { BreakDown } from './break-down.tsx';
import { Palette } from './palette.tsx';

const close = () => {
  overlay.value = undefined;
};

export function Overlays() {
  switch (overlay.value) {
    case 'palette':
      return (
        <Dialog title={texts.palette.label} close={close} bare>
          <Palette close={close} />
        </Dialog>
      );
    case 'help':
      return (
        <Dialog title={texts.shortcuts.title} close={close}>
          <dl class="shortcuts">
            {texts.shortcuts.keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      );
    case 'break-down':
      return (
        <Dialog title={texts.breakDown.title} close={close} wide>
          <BreakDown close={close} />
        </Dialog>
      );
    default:
      return null;
  }
}
