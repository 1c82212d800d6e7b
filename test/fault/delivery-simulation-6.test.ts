import { testDelivery } from './delivery-schedules.ts';

testDelivery(6);
