import { test } from 'node:test';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import { dynamoAt, freshTable } from '../support/aws-clients.ts';
import { standIn } from '../support/stand-in.ts';
import { startDynamoDbLocal } from '../support/start-dynamodb-local.ts';
import { assertRefusals, lostAnswersContract } from './dynamo.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { recordsContract } from './records.contract.ts';

const { skip, server } = await standIn('dynamodb-local', startDynamoDbLocal);

async function openRecords() {
  const client = dynamoAt(server());
  return dynamoRecords({ client, table: await freshTable(client) });
}

recordsContract('DynamoDB Local', openRecords, { skip });
leasesContract('DynamoDB Local', openRecords, { skip });
lostAnswersContract('DynamoDB Local', server, { skip });
test('DynamoDB Local: a missing table and a missing server are told apart', { skip }, () => assertRefusals(server()));
