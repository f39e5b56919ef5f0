export interface TimingTable {
  columns: string[];
  rows: { hook: string; cells: string[] }[];
}

/** `{"update":{"count":3,"p50_us":80}}` as a table: one row a hook, one column a measure, in the server's order. */
export function timingTable(timings: unknown, number: (n: number) => string): TimingTable {
  const hooks = entries(timings).map(([hook, measures]) => ({ hook, measures: new Map(entries(measures)) }));
  const names = [...new Set(hooks.flatMap((each) => [...each.measures.keys()]))];
  return {
    columns: names.map((name) => name.replace(/_us$/, ' µs').replace(/_ms$/, ' ms').replaceAll('_', ' ')),
    rows: hooks.map(({ hook, measures }) => ({
      hook,
      cells: names.map((name) => {
        const value = measures.get(name);
        return typeof value === 'number' ? number(value) : '–';
      }),
    })),
  };
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
