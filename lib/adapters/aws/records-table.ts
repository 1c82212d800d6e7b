import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** Names of the table's attributes. `pk` and `sk` are the two parts of a record's key. */
export const ATTRIBUTES = { partition: 'pk', id: 'sk', json: 'json', etag: 'etag' } as const;

/** The one table that holds all records: paid by request, its changes on a stream for the functions that react to them. */
export function recordsTable(name: string) {
  return {
    TableName: name,
    AttributeDefinitions: [
      { AttributeName: ATTRIBUTES.partition, AttributeType: 'S' },
      { AttributeName: ATTRIBUTES.id, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: ATTRIBUTES.partition, KeyType: 'HASH' },
      { AttributeName: ATTRIBUTES.id, KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  } as const satisfies CreateTableCommandInput;
}
