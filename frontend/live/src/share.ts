/**
 * What the changing layer of a picture says to all layers: `data-x-share="--map-x: 12; …"` on an element of the block becomes
 * custom properties of what holds the layers. Numbers only, and none of the host's own (`--rg-`).
 */
export function share(block: HTMLElement) {
  const said = block.querySelector<HTMLElement>('[data-x-share]')?.dataset.xShare ?? '';
  for (const [, name, value] of said.matchAll(/(--(?!rg-)[a-z0-9-]+)\s*:\s*(-?[0-9.]+)\s*(?=;|$)/g))
    block.parentElement?.style.setProperty(name!, value!);
}
