import { describe, expect, test } from 'vitest';

import { nativeLoadError } from '../../src/client/native-load-error.js';

describe('nativeLoadError', () => {
  test.each([
    ["Cannot find module '@confluentinc/kafka-javascript'\nRequire stack:", 'it is not installed'],
    ['Could not locate the bindings file. Tried:\n → /app/node_modules/x.node', 'ignore-scripts'],
    ['Module did not self-register: ‘/x.node’', 'only in the main thread'],
    [
      'librdkafka.so.1: cannot open shared object file: No such file or directory',
      'system library librdkafka.so.1',
    ],
    ['Error loading shared library ld-linux-x86-64.so.2: No such file or directory', 'another C library'],
    ["/lib/libc.so.6: version `GLIBC_2.34' not found (required by /x.node)", 'newer system (GLIBC_2.34)'],
    [
      'was compiled against a different Node.js version using NODE_MODULE_VERSION 115',
      'another version of Node',
    ],
    ['/x.node: invalid ELF header', 'another system or processor'],
    ['something never seen', 'the cause says more'],
  ])('explains: %s', (text, advice) => {
    const cause = new Error(text);
    const error = nativeLoadError(cause);
    expect(error.code).toBe('CLIENT_UNAVAILABLE');
    expect(error.message).toContain(advice);
    expect(error.cause).toBe(cause);
  });
});
