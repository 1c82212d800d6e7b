import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { calling, isAnswer } from './aws-errors.ts';

/** Files that people put into the bucket and read from it, by name. */
export interface ObjectFiles {
  /** `undefined` when there is none of that name. */
  read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  write(key: string, text: string): Promise<void>;
}

export function s3Files({ client, bucket }: { readonly client: S3Client; readonly bucket: string }): ObjectFiles {
  return {
    async read(key) {
      try {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return new Uint8Array((await found.Body?.transformToByteArray()) ?? []);
      } catch (cause) {
        if (isAnswer(cause, 'NoSuchKey')) return undefined;
        throw cause;
      }
    },
    async write(key, text) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' });
      await calling(key, () => client.send(command));
    },
  };
}
