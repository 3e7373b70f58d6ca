import { agriculture } from './agriculture.ts';
import { citizenApp } from './citizen-app.ts';
import { cloud } from './cloud.ts';
import { commerce } from './commerce.ts';
import { credit } from './credit.ts';
import { culture } from './culture.ts';
import { dataCentre } from './data-centre.ts';
import { education } from './education.ts';
import { emergency } from './emergency.ts';
import { enterprise } from './enterprise.ts';
import { environment } from './environment.ts';
import { geospatial } from './geospatial.ts';
import { govServices } from './gov-services.ts';
import { grid } from './grid.ts';
import { health } from './health.ts';
import { legal } from './legal.ts';
import { manufacturing } from './manufacturing.ts';
import { publicSafety } from './public-safety.ts';
import { security } from './security.ts';
import { sensing } from './sensing.ts';
import { socialSecurity } from './social-security.ts';
import { supervision } from './supervision.ts';
import { tourism } from './tourism.ts';
import { traffic } from './traffic.ts';
import { urbanManagement } from './urban-management.ts';
import { utilities } from './utilities.ts';
import type { SystemPack } from './system-pack.ts';

/** Every system of the city, by its number in the plan. A new one is a file and a line here. */
export const systems: readonly SystemPack[] = [
  sensing,
  cloud,
  dataCentre,
  govServices,
  supervision,
  enterprise,
  health,
  socialSecurity,
  education,
  culture,
  legal,
  citizenApp,
  manufacturing,
  tourism,
  agriculture,
  commerce,
  grid,
  traffic,
  urbanManagement,
  emergency,
  publicSafety,
  utilities,
  credit,
  geospatial,
  environment,
  security,
];
