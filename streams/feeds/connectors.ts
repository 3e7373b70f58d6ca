import { capConnector } from './cap/cap-connector.ts';
import type { AnyFeedConnector } from './feed-connector.ts';
import { hj212Connector } from './hj212/hj212-connector.ts';
import { indicatorConnector } from './indicator/indicator-connector.ts';
import { jt808Connector } from './jt808/jt808-connector.ts';
import { mappingConnector } from './mapping/mapping-connector.ts';
import { createMqttConnector } from './mqtt/mqtt-connector.ts';
import { ngsiConnector } from './ngsi/ngsi-connector.ts';

/** Payloads of MQTT are read like what is pushed of the same kind. */
const mqttConnector = createMqttConnector({
  mapping: (mapping) => mappingConnector.reader({ kind: 'mapping', mapping }),
  ngsi: () => ngsiConnector.reader({ kind: 'ngsi' }),
  indicator: () => indicatorConnector.reader({ kind: 'indicator' }),
});

/** Every kind of feed that can be taken in. A new one is a folder beside this file and a line here. */
export const connectors: readonly AnyFeedConnector[] = [
  mappingConnector,
  ngsiConnector,
  capConnector,
  indicatorConnector,
  hj212Connector,
  jt808Connector,
  mqttConnector,
];
