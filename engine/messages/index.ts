export { errorMessage, type MessageData, type MessageKey, message, stateName } from './catalogue.js';
export { formatBytes, formatCount, formatDateTime, formatDuration, formatShare } from './format.js';
export { LABELS, type Label } from './labels.js';
export { isLanguage, LANGUAGES, type Language, languageFromEnvironment } from './language.js';
export { visible } from './visible.js';
