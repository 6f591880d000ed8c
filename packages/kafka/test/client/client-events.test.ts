import type { Logger } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { ClientEvents } from '../../src/client/client-events.js';
import { clientError } from '../../src/client/kafka-error.js';
import { FakeClient, nativeError } from './fake-client.js';

function setup(): { client: FakeClient; events: ClientEvents; lines: string[]; reported: string[] } {
  const [lines, reported]: string[][] = [[], []];
  const at =
    (level: string) =>
    (o: object): void =>
      void lines?.push(`${level} ${(o as { detail: string }).detail}`);
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  const client = new FakeClient().madeWith({}, (text) => text.replaceAll('secret', '<hidden>'));
  const events = new ClientEvents({ client, logger, reported: ({ name }) => reported?.push(name) });
  return { client, events, lines: lines ?? [], reported: reported ?? [] };
}

describe('the log of the client', () => {
  test.each([
    [0, 'FATAL', 'error'],
    [2, 'X', 'error'],
    [3, 'ERROR', 'warn'],
    [4, 'MAXPOLL', 'warn'],
    [6, 'X', 'debug'],
    // A failed connection is told once, when no broker can be reached.
    [3, 'FAIL', 'debug'],
  ])('severity %i about %s goes to %s', (severity, fac, level) => {
    const { client, lines } = setup();
    client.emit('event.log', { severity, fac, message: '[thrd:main]: the secret is out' });
    expect(lines).toEqual([`${level} the <hidden> is out`]);
  });
});

describe('describe', () => {
  test('adds what the log told last, and the fatal reason to what is fatal', () => {
    const { client, events } = setup();
    const [lost, fatal] = [
      clientError(nativeError(-195, 'no broker')),
      clientError(nativeError(-150, 'fatal')),
    ];
    expect(events.describe(lost)).toBe('no broker');
    client.emit('event.log', { severity: 0, fac: 'FATAL', message: 'fenced' });
    client.emit('event.log', {
      severity: 3,
      fac: 'FAIL',
      message: 'x:1: refused (after 3ms in state CONNECT, 2 (more))',
    });
    expect(events.describe(lost)).toBe('no broker (x:1: refused)');
    expect(events.describe(fatal)).toBe('fatal (fenced)');
  });
});

describe('errors that belong to no call', () => {
  test('are recognised by their text and reported', () => {
    const { client, events, reported } = setup();
    client.emit('event.error', Object.assign(nativeError(-1, 'ssl error'), { origin: 'local' }));
    expect(events.refusal).toBeUndefined();
    client.emit('event.error', Object.assign(nativeError(-1, 'authentication failure'), { origin: 'local' }));
    expect(reported).toEqual(['_SSL', '_AUTHENTICATION']);
    expect(events.refusal?.name).toBe('_AUTHENTICATION');
  });

  test('a token that cannot be had is logged without secrets', () => {
    const { client, lines } = setup();
    client.emit('error', new Error('the secret is wrong'));
    expect(lines).toEqual(['error the <hidden> is wrong']);
  });
});
