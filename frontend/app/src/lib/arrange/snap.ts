// The overlay canvas: where a box sticks while it is dragged.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Snapped {
  x: number;
  y: number;
  /** Lines to show, in canvas pixels. */
  guides: { x?: number; y?: number };
}

/** Of one axis: the shift that brings an edge or the centre of `from..from+size` onto the nearest of `lines`. */
function shift(from: number, size: number, lines: readonly number[], tolerance: number) {
  let best: { by: number; line: number } | undefined;
  for (const line of lines) {
    for (const at of [from, from + size / 2, from + size]) {
      const by = line - at;
      if (Math.abs(by) <= tolerance && (!best || Math.abs(by) < Math.abs(best.by))) best = { by, line };
    }
  }
  return best;
}

/** Sticks to the edges and the middle of the canvas and of the other boxes. */
export function snap(
  box: Box,
  others: readonly Box[],
  canvas: { width: number; height: number },
  tolerance: number,
): Snapped {
  const xs = [0, canvas.width / 2, canvas.width, ...others.flatMap((each) => [each.x, each.x + each.width])];
  const ys = [0, canvas.height / 2, canvas.height, ...others.flatMap((each) => [each.y, each.y + each.height])];
  const across = shift(box.x, box.width, xs, tolerance);
  const down = shift(box.y, box.height, ys, tolerance);
  return {
    x: Math.round(box.x + (across?.by ?? 0)),
    y: Math.round(box.y + (down?.by ?? 0)),
    guides: { ...(across && { x: across.line }), ...(down && { y: down.line }) },
  };
}
