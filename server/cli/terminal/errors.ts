import { isTamgaError } from '../../../engine/errors.js';
import { errorMessage, type Language, message, visible } from '../../../engine/messages/index.js';
import { lookOf, styled, type TextOutput } from './output.js';

/** Exit code of a command whose usage or input is wrong. */
export const EXIT_ERROR = 2;

/** Lines of a stack that are enough to find the place. */
const STACK_LINES = 8;

/**
 * Tells a person what went wrong: `file:line:column`, what was met and expected, what to do. An error that is no TamgaError is a fault of
 * the program: its message and the place are printed with the request to report them.
 * @returns the exit code, 2.
 */
export function printError(error: unknown, language: Language, stream: TextOutput): number {
  const look = lookOf(stream);
  const heading = styled(look, 'error', message(language, 'label.error.heading'));
  if (isTamgaError(error)) {
    const { path, line, column } = error.data;
    const place = [path, line, column].filter((part) => part !== undefined).join(':');
    const { problem, remedy } = errorMessage(language, error.code, error.data);
    stream.write(
      `${place === '' ? '' : `${styled(look, 'strong', visible(place))}: `}${heading} ${error.code}\n` +
        `  ${problem}\n  ${message(language, 'label.error.remedy', { remedy })}\n`,
    );
  } else {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    stream.write(
      `${heading}\n  ${message(language, 'label.error.unexpected', { detail })}\n  ${message(language, 'label.error.report')}\n`,
    );
    for (const line of placesOf(error)) stream.write(`    ${styled(look, 'soft', visible(line))}\n`);
  }
  return EXIT_ERROR;
}

/** The calls of an error's stack, innermost first. */
function placesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  return error.stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, STACK_LINES);
}
