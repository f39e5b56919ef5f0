import { expect, it } from 'vitest';
import { uuidv7 } from './uuid';

it('says its version and its time, and differs each time', () => {
  expect(uuidv7(0x0123456789ab)).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidv7()).not.toBe(uuidv7());
});
