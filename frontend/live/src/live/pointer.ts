import { BUTTONS } from './names';

/** `do`: left click, wheel up. `alt`: right click, long press, wheel down. */
export type Way = 'do' | 'alt';

export const LONG_PRESS_MS = 500;
/** A finger trembles; further than this (CSS pixels) it scrolls. */
export const PRESS_SLOP = 10;
/** One notch of a wheel is one action; a trackpad sends dozens of events for a flick. */
export const WHEEL_STEP_MS = 120;
/** Wheel events closer than this are one gesture. */
export const WHEEL_GESTURE_MS = 250;

/** The button with an action under an event. */
export function buttonOf(event: Event): HTMLButtonElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLButtonElement>(BUTTONS) : null;
}

/** Mouse, touch and wheel on buttons; Enter, Space and assistive technology arrive as clicks. */
export function listenPointer(act: (button: HTMLButtonElement, way: Way) => boolean): void {
  let press: { button: HTMLButtonElement; x: number; y: number; timer: number } | undefined;
  // The button whose long press has acted: the click of lifting the finger is not another action.
  let pressed: HTMLButtonElement | undefined;

  const release = () => {
    clearTimeout(press?.timer);
    press = undefined;
  };
  const longPress = () => {
    const { button } = press!;
    release();
    if (act(button, 'alt')) pressed = button;
  };

  document.addEventListener('click', (event) => {
    const button = buttonOf(event);
    if (!button) return;
    // `detail` is 0 for a click that no pointer made.
    const lifted = pressed === button && event.detail > 0;
    pressed = undefined;
    if (lifted) event.preventDefault();
    else if (act(button, 'do')) event.preventDefault();
  });

  document.addEventListener('contextmenu', (event) => {
    const button = buttonOf(event);
    if (!button?.hasAttribute('data-do-alt')) return;
    event.preventDefault();
    // A long press by touch: this event comes before or after our timer, and counts once.
    if (press) longPress();
    else if (pressed !== button) act(button, 'alt');
  });

  document.addEventListener('pointerdown', (event) => {
    release();
    pressed = undefined;
    const button = buttonOf(event);
    if (event.pointerType !== 'touch' || !event.isPrimary || !button?.hasAttribute('data-do-alt')) return;
    const timer = window.setTimeout(longPress, LONG_PRESS_MS);
    press = { button, x: event.clientX, y: event.clientY, timer };
  });
  document.addEventListener('pointermove', (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > PRESS_SLOP) release();
  });
  for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, release);

  let wheelAt = -Infinity;
  let steppedAt = -Infinity;
  let scrolling = false;
  document.addEventListener(
    'wheel',
    (event) => {
      const button = buttonOf(event);
      const began = event.timeStamp - wheelAt > WHEEL_GESTURE_MS;
      wheelAt = event.timeStamp;
      // A scroll that began beside the buttons stays one when they pass under the pointer. Ctrl and wheel is zoom.
      if (began) scrolling = !button;
      if (!button || scrolling || event.ctrlKey || !event.deltaY) return;
      event.preventDefault();
      if (event.timeStamp - steppedAt < WHEEL_STEP_MS) return;
      if (act(button, event.deltaY < 0 ? 'do' : 'alt')) steppedAt = event.timeStamp;
    },
    { passive: false },
  );
}
