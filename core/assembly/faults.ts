// Every fault of one element string, for showing them: reading goes on after an error where it can.
import { ERROR_AI_EMPTY, ERROR_AI_TOO_LONG, SPEC_PREDEFINED } from './generated/tables';
import { judgeAssociations } from './gs1/associations';
import { findSeparator, SEPARATOR } from './gs1/characters';
import { COMPONENT_BYTES, checkComponent, componentsEnd, componentsOf, endOfComponent } from './gs1/content';
import { aiAt, aiLength, readAi, readElement, valueAt, valueEnd } from './gs1/elements';
import { beginListing, endListing, report, reportNoted } from './gs1/report';
import { ELEMENT_BYTES, ELEMENTS } from './layout';

/** Number of rows that {@link listFaults} left in ELEMENTS. */
export let elementsListed: u32 = 0;

/**
 * Writes the faults of [at, end), at most LINE_MAX bytes, to FAULTS in the order of the checks: content first, then which AIs
 * stand together. Returns how many there are, FAULTS_MAX at most; ELEMENTS then holds all elements whose AI is known.
 */
export function listFaults(at: usize, end: usize): u32 {
  const start = at;
  let count: u32 = 0;
  beginListing(start);
  while (at < end) {
    const limit = findSeparator(at, end);
    if (readElement(at, end) !== 0) {
      at = valueEnd;
    } else {
      at = skipElement(at, end, limit);
      if (aiLength === 0) continue;
    }
    const row = ELEMENTS + <usize>(count++ * ELEMENT_BYTES);
    store<u32>(row, <u32>(aiAt - start));
    store<u32>(row, aiLength, 4);
    store<u32>(row, <u32>(valueAt - start), 8);
    store<u32>(row, <u32>(at - valueAt), 12);
    if (at < end && load<u8>(at) === SEPARATOR) at++;
  }
  elementsListed = count;
  judgeAssociations(start, count);
  return endListing();
}

/** Reports what is wrong with an element that failed. Returns where it ends. */
function skipElement(at: usize, end: usize, limit: usize): usize {
  const spec = readAi(at, end);
  if (spec === 0) {
    reportNoted();
    return limit === end ? end : limit + 1;
  }
  at = valueAt;
  if (at === limit) {
    report(ERROR_AI_EMPTY, at, 0, 0);
    return limit;
  }
  const predefined = (load<u8>(spec) & SPEC_PREDEFINED) !== 0;
  const last = componentsEnd(spec);
  for (let component = componentsOf(spec); component < last; component += COMPONENT_BYTES) {
    if (at === limit && load<u8>(component, 3) !== 0) break;
    const stop = endOfComponent(component, at, limit);
    if (stop === 0) {
      reportNoted();
      return limit;
    }
    if (!checkComponent(component, at, stop)) reportNoted();
    at = stop;
  }
  if (predefined) return at;
  if (at < limit) report(ERROR_AI_TOO_LONG, at, limit - at, 0);
  return limit;
}
