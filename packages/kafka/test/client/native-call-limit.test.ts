import { describe, expect, test } from 'vitest';

import { CallCancelled, NativeCallLimit, processCallLimit } from '../../src/client/native-call-limit.js';
import { turn } from './fake-client.js';

function setup(most: number): {
  limit: NativeCallLimit;
  started: string[];
  call: (name: string, signal?: AbortSignal) => Promise<string>;
  end: (name: string) => void;
} {
  const limit = new NativeCallLimit(most);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string, signal?: AbortSignal): Promise<string> =>
    limit.run(() => {
      started.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    }, signal);
  return { limit, started, call, end: (name) => ends.get(name)?.() };
}

describe('NativeCallLimit', () => {
  test('lets only so many run at once, first come, first served', async () => {
    const { started, call, end } = setup(2);
    const all = ['a', 'b', 'c', 'd'].map((name) => call(name));
    expect(started).toEqual(['a', 'b']);
    end('b');
    await turn();
    expect(started).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await turn();
    end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a call that rejects or throws gives its place back', async () => {
    const { limit, call, started, end } = setup(1);
    await expect(limit.run(() => Promise.reject(new Error('no broker')))).rejects.toThrow('no broker');
    await expect(
      limit.run(() => {
        throw new Error('not even called');
      }),
    ).rejects.toThrow('not even called');
    const next = call('next');
    expect(started).toEqual(['next']);
    end('next');
    await next;
    expect(limit.running).toBe(0);
  });

  test('a call that still waits can be taken back, one that runs cannot', async () => {
    const { call, started, end } = setup(1);
    const abort = new AbortController();
    const running = call('running', abort.signal);
    const waiting = call('waiting', abort.signal);
    const other = call('other');
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(CallCancelled);
    await expect(call('late', abort.signal)).rejects.toBeInstanceOf(CallCancelled);
    end('running');
    await running;
    await turn();
    expect(started).toEqual(['running', 'other']);
    end('other');
    await other;
  });

  test('is one for the whole process', () => {
    expect(processCallLimit()).toBe(processCallLimit());
  });
});
