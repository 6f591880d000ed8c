import { styleText } from 'node:util';

import { type DemoState, renderLine, renderScreen } from './demo-view.js';
import type { TailLine } from './event-tail.js';

/** Where a run is shown. */
export interface DemoScreen {
  /** Called once a second. */
  draw(state: DemoState): void;
  /** A remark that stays. */
  say(text: string): void;
  /** The run is about to end in order. */
  draining(): void;
  /** An event of a consumer, as it happens. */
  event(line: TailLine): void;
  close(): void;
}

/** On a terminal a view that is drawn again and again, otherwise plain lines. */
export function demoScreen(stream: NodeJS.WriteStream): DemoScreen {
  return stream.isTTY ? new TerminalScreen(stream) : plainScreen(stream);
}

function plainScreen(stream: NodeJS.WriteStream): DemoScreen {
  const print = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    draw: (state) => print(renderLine(state)),
    say: print,
    draining: () => print('Draining: what is in flight is finished and committed.'),
    event: ({ level, time, text }) => {
      if (level !== 'info') print(`${time} ${level} ${text}`);
    },
    close: () => undefined,
  };
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE_END = '\u001b[K';

/** Draws in place below what is there already, so that nothing of the terminal's history is lost. */
class TerminalScreen implements DemoScreen {
  readonly #stream: NodeJS.WriteStream;
  #drawnLines = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.write(HIDE_CURSOR);
  }

  draw(state: DemoState): void {
    const { columns, rows } = this.#stream;
    // Respects NO_COLOR and FORCE_COLOR.
    const lines = renderScreen(state, columns, (style, text) =>
      styleText(style, text, { stream: this.#stream }),
    );
    const shown = lines.slice(0, rows - 1);
    const drawn = shown.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    this.#stream.write(`${this.#toTop()}${drawn}${CLEAR_BELOW}`);
    this.#drawnLines = shown.length;
  }

  /** Leaves what is drawn where it is; the next view is drawn below the remark. */
  say(text: string): void {
    this.#stream.write(`${text}\n`);
    this.#drawnLines = 0;
  }

  /** The view says it itself. */
  draining(): void {}

  /** The view shows the latest ones itself. */
  event(): void {}

  close(): void {
    this.#stream.write(SHOW_CURSOR);
  }

  #toTop(): string {
    return this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\r`;
  }
}
