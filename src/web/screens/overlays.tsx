import { Dialog } from '../parts/dialog.tsx';
import { isInside } from '../state/inside.ts';
import { overlay } from '../state/overlay.ts';
import { texts } from '../texts.ts';
import { BreakDown } from './break-down.tsx';
import { Palette } from './palette.tsx';

const { keys, theme } = texts.shortcuts;
const shortcuts = isInside ? keys : ([...keys.slice(0, -1), ['t', theme], ...keys.slice(-1)] as const);

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
            {shortcuts.map(([key, what]) => (
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
