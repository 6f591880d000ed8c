import { expect, test } from 'vitest';

import { type LegalMoves, StateTable } from '../../src/internal/state-table.js';

type Door = 'open' | 'shut' | 'locked';
const moves: LegalMoves<Door> = { open: ['shut'], shut: ['open', 'locked'], locked: [] };

function setup(): { door: StateTable<Door>; told: string[] } {
  const told: string[] = [];
  const door = new StateTable(moves, 'open', (state, before) => told.push(`${before} -> ${state}`));
  return { door, told };
}

test('moves along the table and tells of each move, once it has happened', () => {
  const { door, told } = setup();
  expect(door.state).toBe('open');
  door.moveTo('shut');
  door.moveTo('locked');
  expect(door.state).toBe('locked');
  expect(told).toEqual(['open -> shut', 'shut -> locked']);
});

test('refuses a move that is not in the table and stays where it is', () => {
  const { door, told } = setup();
  expect(() => {
    door.moveTo('locked');
  }).toThrow(
    expect.objectContaining({ code: 'STATE_INVALID', message: 'what is open cannot become locked' }),
  );
  expect(door.state).toBe('open');
  expect(told).toEqual([]);
});

test('refuses to move to where it is: a second end is a fault', () => {
  const { door } = setup();
  expect(() => {
    door.moveTo('open');
  }).toThrow('what is open cannot become open');
});

test('is one of several states', () => {
  const { door } = setup();
  expect(door.is('shut', 'open')).toBe(true);
  expect(door.is('shut', 'locked')).toBe(false);
});
