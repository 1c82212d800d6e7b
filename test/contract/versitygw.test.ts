import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { freshBucket, s3At } from '../support/aws-clients.ts';
import { standIn } from '../support/stand-in.ts';
import { startVersitygw } from '../support/start-versitygw.ts';
import { blobsContract } from './blobs.contract.ts';
import { s3Contract } from './s3.contract.ts';

const { skip, server } = await standIn('versitygw', startVersitygw);

async function openBlobs() {
  const client = s3At(server());
  return s3Blobs({ client, bucket: await freshBucket(client), prefix: 'blobs/' });
}

blobsContract('S3 on versitygw', openBlobs, { skip });
s3Contract('versitygw', server, { skip });
