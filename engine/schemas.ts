/** The public `tamga/engine/schemas`: JSON schemas of what the engine takes and gives. Apart, because the library of schemas takes a while to load. */
export { REPORT_SCHEMA } from './reconcile/report-schema.js';
export { CodeStatement, EventStatement } from './register/event-schema.js';
