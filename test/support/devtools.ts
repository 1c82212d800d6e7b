/** A connection to one tab of a browser, over the Chrome DevTools Protocol. */
export interface Devtools {
  /** Sends one command and answers its result; throws with what the browser said when it refuses. */
  readonly send: (method: string, params?: object) => Promise<unknown>;
  /** What went wrong in the tab, in the order in which it was told. */
  readonly problems: readonly string[];
}

/** Connects, and begins to listen for what goes wrong in the tab. */
export async function openDevtools(url: string): Promise<Devtools> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (answer: Answer) => void>();
  const problems: string[] = [];
  let sent = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Answer & Told;
    if (message.id === undefined) problems.push(...problemsIn(message));
    else waiting.get(message.id)?.(message);
  });
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ error: { message: 'the browser has gone' } });
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`nothing listens at ${url}`)));
  });
  const send: Devtools['send'] = async (method, params = {}) => {
    const id = (sent += 1);
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  return { send, problems };
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Told {
  readonly method?: string;
  readonly params?: {
    readonly type?: string;
    readonly args?: readonly { readonly value?: unknown; readonly description?: string }[];
    readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
    readonly entry?: { readonly level: string; readonly text: string; readonly url?: string };
  };
}

function problemsIn({ method, params = {} }: Told): readonly string[] {
  switch (method) {
    case 'Runtime.consoleAPICalled': {
      const said = (params.args ?? []).map(({ value, description }) => description ?? JSON.stringify(value));
      return params.type === 'error' || params.type === 'warning' ? [`console: ${said.join(' ')}`] : [];
    }
    case 'Runtime.exceptionThrown': {
      const { text = '', exception } = params.exceptionDetails ?? {};
      return [`exception: ${exception?.description ?? text}`];
    }
    case 'Log.entryAdded': {
      const { level = '', text = '', url = '' } = params.entry ?? {};
      return level === 'error' || level === 'warning' ? [`log: ${text} ${url}`] : [];
    }
    case undefined:
    default:
      return [];
  }
}
