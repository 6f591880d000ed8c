import { describe, expect, test } from 'vitest';

import { lifeCycle, lifeCycleMoves, type LifeCycleState } from '../../src/server/life-cycle.js';

const states = Object.keys(lifeCycleMoves) as LifeCycleState[];

describe('the life cycle', () => {
  test('begins with starting, of which nobody is told', () => {
    const told: string[] = [];
    expect(lifeCycle((state) => told.push(state)).state).toBe('starting');
    expect(told).toEqual([]);
  });

  test('never goes back', () => {
    for (const [index, state] of states.entries()) {
      expect(lifeCycleMoves[state].filter((next) => states.indexOf(next) <= index)).toEqual([]);
    }
  });

  test('can end from everywhere, in order or not', () => {
    for (const state of ['starting', 'running', 'draining'] as const) {
      expect(lifeCycleMoves[state]).toEqual(expect.arrayContaining(['stopped', 'failed']));
    }
  });

  test('has two ends', () => {
    expect(states.filter((state) => lifeCycleMoves[state].length === 0)).toEqual(['stopped', 'failed']);
  });
});
