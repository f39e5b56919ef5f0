import { describe, expect, it } from 'vitest';
import { fieldPath, refusal } from './fields';
import { asProblem, Problem, problemFrom } from './problem';

const known = new Set(['slug', 'title', 'participants', 'participants.1.label']);
const check = (problem: Problem) => refusal(problem, (name) => known.has(name));

describe('fieldPath', () => {
  it.each([
    ['slug', 'slug'],
    ['/participants/1/label', 'participants.1.label'],
    ['participants[1].label', 'participants.1.label'],
    ['$.participants[0]', 'participants.0'],
    ['body.title', 'title'],
  ])('reads %s', (path, name) => {
    expect(fieldPath(path)).toBe(name);
  });
});

describe('refusal', () => {
  it('is shown at the field it names, with what would be right', () => {
    const taken = new Problem(409, 'conflict', 'the slug is taken', 'slug', 'choose another');
    expect(check(taken).fields).toEqual({ slug: 'the slug is taken — choose another' });
    expect(check(taken).whole).toBeUndefined();
  });

  it('reaches into a list', () => {
    expect(check(new Problem(400, 'bad_request', 'too long', 'participants[1].label')).fields).toEqual({
      'participants.1.label': 'too long',
    });
  });

  it('goes to the nearest parent the form has', () => {
    expect(check(new Problem(400, 'bad_request', 'too many', 'participants[9].team')).fields).toEqual({
      participants: 'too many',
    });
  });

  it('stands above the form when no field is to blame', () => {
    const full = new Problem(507, 'disk_full', 'the disk is full');
    expect(check(full)).toEqual({ fields: {}, whole: full });
    expect(check(new Problem(400, 'bad_request', 'no', 'elsewhere')).whole?.message).toBe('no');
  });
});

describe('a problem', () => {
  it('is read from the error body', () => {
    const body = { error: { code: 'conflict', message: 'taken', path: 'slug', hint: null } };
    expect(problemFrom(409, body)).toMatchObject({ status: 409, code: 'conflict', path: 'slug', hint: undefined });
  });

  it.each([undefined, '', '<html>', [], { error: 'x' }])('is made of an answer that is not ours: %j', (body) => {
    expect(problemFrom(502, body)).toMatchObject({ status: 502, code: 'http_502', message: 'HTTP 502' });
  });

  it('knows when nobody answered', () => {
    expect(asProblem(new TypeError('Failed to fetch')).offline).toBe(true);
    expect(asProblem(new Error('x')).offline).toBe(false);
  });
});
