/** Names of ours have a few hundred at most. */
const MAX_NAME_CHARACTERS = 1_000;

export type JsonObject = Readonly<Record<string, unknown>>;

/** The one JSON object that a request must be, or `undefined`. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller refuses it in a sentence
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field in the snake_case that Envoy writes or in camelCase; JSON's null is, as in proto3, the field's default. */
export function fieldOf(message: JsonObject, snake: string): unknown {
  const camel = snake.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return message[snake] ?? message[camel] ?? undefined;
}

/** The names in a repeated field, or a sentence that says what is wrong with it. */
export function namesIn(message: JsonObject, field: string, max: number): readonly string[] | string {
  const names = fieldOf(message, field) ?? [];
  if (!Array.isArray(names) || !names.every(isName)) {
    return `${field} must be a list of texts of at most ${MAX_NAME_CHARACTERS} characters`;
  }
  return names.length > max ? `${field} has at most ${max} entries` : names;
}

export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_NAME_CHARACTERS;
}

/** Enough to tell one error from another; Envoy's messages repeat whole resources. */
const MAX_REJECTION_CHARACTERS = 1_000;

/** Why a client did not take an answer (PX-15); `undefined` when it does not say that, `false` when it says it wrongly. */
export function rejectionIn(request: JsonObject): string | undefined | false {
  const detail = fieldOf(request, 'error_detail');
  if (detail === undefined) return undefined;
  const message = isObject(detail) ? (detail['message'] ?? '') : undefined;
  return typeof message === 'string' && (message.slice(0, MAX_REJECTION_CHARACTERS) || 'no reason given');
}
