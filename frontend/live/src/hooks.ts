/**
 * What a further script on a live page can hear, as events of the document. Beside the page's one script they need no
 * code of each other's.
 */
export interface Showing {
  el: HTMLElement;
  html: string;
  /** Puts the picture into the block. */
  put: () => void;
}

/** A picture is about to be shown; whoever cancels the event calls `put` in its stead. */
export const SHOW = 'rg-show';
/** A topic of the page is refused. */
export const REFUSED = 'rg-refused';

/** `false`: somebody else sees to it. */
export function tell(type: string, detail?: Showing): boolean {
  return document.dispatchEvent(new CustomEvent(type, { cancelable: true, detail }));
}
