import { testDelivery } from './delivery-schedules.ts';

testDelivery(5);
