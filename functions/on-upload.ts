import type { S3Event } from 'aws-lambda';
import { hashOf } from '../lib/base/hashing.ts';
import { FILE_LIMIT_BYTES } from '../lib/control/api/read-body.ts';
import { serviceActor } from '../lib/control/identity/rights.ts';
import type { ActorHandler } from '../lib/control/http/http-handler.ts';
import { type Cloud, cloud, cloudConfig } from './cloud.ts';

const INBOX = 'inbox/';
const RESULTS = 'results/';

export interface UploadParts extends Pick<Cloud, 'files' | 'log'> {
  /** The config API, with a limit for whole files. */
  readonly inbox: ActorHandler;
}

/** A file arrived in the bucket's `inbox/`: does with it what `POST /v1/apply` does, and writes the answer under `results/` (STO-8). */
export function onUploadFunction({ inbox, files, log }: UploadParts): (event: S3Event) => Promise<void> {
  return async (event) => {
    for (const { s3 } of event.Records) {
      // The event has the key as a form would encode it.
      const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
      if (!key.startsWith(INBOX) || key.endsWith('/')) continue;
      const file = await files.read(key);
      if (file === undefined) continue; // taken away again before we came
      const answer = await inbox(
        // The same upload that is delivered twice is found again by its key and version, and makes one revision (STO-5).
        new Request('http://inbox/v1/apply', {
          method: 'POST',
          body: file,
          headers: { 'content-type': 'application/yaml', 'idempotency-key': hashOf([key, s3.object.sequencer]) },
        }),
        serviceActor(`inbox:${key}`, 's3'),
      );
      await files.write(`${RESULTS}${key.slice(INBOX.length)}.json`, await answer.text());
      log.info('upload', { key, status: answer.status });
      if (answer.status >= 500) throw new Error(`${key} could not be applied: ${answer.status}`);
    }
  };
}

let made: ((event: S3Event) => Promise<void>) | undefined;

export const handler = (event: S3Event): Promise<void> => {
  made ??= onUploadFunction({ ...cloud(), inbox: cloudConfig(cloud(), { bodyLimitBytes: FILE_LIMIT_BYTES }) });
  return made(event);
};
