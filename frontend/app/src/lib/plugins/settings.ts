import type { SettingField, SettingValue } from '$lib/api/types';

/** What the form of a plugin's settings holds: numbers are text or empty while they are typed. */
export type Draft = Record<string, SettingValue | null | undefined>;

export function draftOf(fields: readonly SettingField[], values: Record<string, SettingValue>): Draft {
  return Object.fromEntries(fields.map(({ key, default: fallback }) => [key, values[key] ?? fallback]));
}

/** What goes to the server. An emptied number goes as the default; the server judges everything else. */
export function readDraft(fields: readonly SettingField[], draft: Draft): Record<string, SettingValue> {
  return Object.fromEntries(fields.map((field) => [field.key, read(field, draft[field.key])]));
}

function read(field: SettingField, value: SettingValue | null | undefined): SettingValue {
  if (value === null || value === undefined || (field.type === 'int' && value === '')) return field.default;
  return field.type === 'int' && typeof value === 'string' ? Number(value) : value;
}
