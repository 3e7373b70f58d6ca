/** What a quantity is, and the unit that its values are in, whatever a source writes them in. */
export interface Quantity {
  readonly unit: string;
  readonly zh: string;
  readonly en: string;
  /** Digits behind the point that mean something. */
  readonly digits: number;
}

const q = (unit: string, zh: string, en: string, digits = 0): Quantity => ({ unit, zh, en, digits });

/**
 * Every quantity there is. A reader that meets another one has no word for it and says so. Units are SI where the trade uses it: km/h on roads, µg/m³ in air, m of water;
 * shares are per cent, states have no unit.
 */
export const quantities = {
  // any device
  online: q('', '在线', 'online'),
  state: q('', '状态', 'state'),
  battery: q('%', '电量', 'battery'),
  temperature: q('°C', '温度', 'temperature', 1),
  humidity: q('%', '湿度', 'humidity'),
  pressure: q('kPa', '压力', 'pressure', 1),
  energy: q('kWh', '用电量', 'energy', 1),
  power: q('kW', '功率', 'power', 1),
  voltage: q('V', '电压', 'voltage'),
  current: q('A', '电流', 'current', 1),
  alarm: q('', '报警', 'alarm'),
  // roads and vehicles
  flow: q('veh/h', '流量', 'flow'),
  speed: q('km/h', '速度', 'speed', 1),
  occupancy: q('%', '占有率', 'occupancy', 1),
  'travel-time': q('s', '行程时间', 'travel time'),
  'congestion-index': q('', '拥堵指数', 'congestion index', 2),
  'queue-length': q('m', '排队长度', 'queue length'),
  'wrong-way': q('', '逆行', 'wrong way'),
  latitude: q('°', '纬度', 'latitude', 6),
  longitude: q('°', '经度', 'longitude', 6),
  direction: q('°', '方向', 'direction'),
  mileage: q('km', '里程', 'mileage', 1),
  fuel: q('L', '油量', 'fuel', 1),
  // parking and charging
  'spaces-total': q('', '车位总数', 'spaces in all'),
  'spaces-free': q('', '空余车位', 'free spaces'),
  'spaces-taken': q('', '已停车位', 'taken spaces'),
  'plugs-total': q('', '充电枪总数', 'plugs in all'),
  'plugs-free': q('', '空闲充电枪', 'free plugs'),
  // air and weather
  aqi: q('', '空气质量指数', 'air quality index'),
  pm25: q('µg/m³', 'PM2.5', 'PM2.5'),
  pm10: q('µg/m³', 'PM10', 'PM10'),
  so2: q('µg/m³', '二氧化硫', 'SO₂'),
  no2: q('µg/m³', '二氧化氮', 'NO₂'),
  nox: q('mg/m³', '氮氧化物', 'NOₓ', 1),
  co: q('mg/m³', '一氧化碳', 'CO', 2),
  o3: q('µg/m³', '臭氧', 'O₃'),
  tsp: q('µg/m³', '总悬浮颗粒物', 'TSP'),
  dust: q('mg/m³', '颗粒物', 'particulates', 1),
  noise: q('dB', '噪声', 'noise', 1),
  precipitation: q('mm', '降水量', 'precipitation', 1),
  'rain-hour': q('mm', '小时雨量', 'rain in an hour', 1),
  'rain-day': q('mm', '日雨量', 'rain in a day', 1),
  'wind-speed': q('m/s', '风速', 'wind speed', 1),
  'wind-direction': q('°', '风向', 'wind direction'),
  'air-pressure': q('hPa', '气压', 'air pressure', 1),
  visibility: q('m', '能见度', 'visibility'),
  // water
  'water-level': q('m', '水位', 'water level', 2),
  'water-flow': q('m³/s', '流量', 'water flow', 2),
  'pipe-flow': q('m³/h', '管道流量', 'pipe flow', 1),
  'pipe-pressure': q('MPa', '管网压力', 'pipe pressure', 3),
  'tank-level': q('m', '液位', 'tank level', 2),
  'pump-running': q('', '水泵运行', 'pump running'),
  'energy-per-m3': q('kWh/m³', '单位电耗', 'energy per m³', 3),
  ph: q('', 'pH', 'pH', 2),
  cod: q('mg/L', '化学需氧量', 'COD', 1),
  'ammonia-nitrogen': q('mg/L', '氨氮', 'ammonia nitrogen', 2),
  'total-phosphorus': q('mg/L', '总磷', 'total phosphorus', 3),
  'total-nitrogen': q('mg/L', '总氮', 'total nitrogen', 2),
  'dissolved-oxygen': q('mg/L', '溶解氧', 'dissolved oxygen', 2),
  conductivity: q('µS/cm', '电导率', 'conductivity'),
  turbidity: q('NTU', '浊度', 'turbidity', 2),
  chlorine: q('mg/L', '余氯', 'residual chlorine', 2),
  'water-class': q('', '水质类别', 'water class'),
  // gas, fire, structures
  'gas-concentration': q('%LEL', '可燃气浓度', 'gas concentration', 1),
  smoke: q('', '烟感', 'smoke'),
  tilt: q('°', '倾斜', 'tilt', 2),
  displacement: q('mm', '位移', 'displacement', 1),
  'liquid-level': q('m', '液位', 'liquid level', 2),
  // bins, lamps
  'fill-level': q('%', '满溢度', 'fill level'),
  illuminance: q('lx', '照度', 'illuminance'),
  // people
  people: q('', '在场人数', 'people there'),
  capacity: q('', '最大承载量', 'capacity'),
  visitors: q('', '当日人次', 'visitors today'),
  'queue-people': q('', '排队人数', 'people waiting'),
  'wait-minutes': q('min', '等候时间', 'waiting time', 1),
  'beds-free': q('', '空余床位', 'free beds'),
  'beds-total': q('', '床位总数', 'beds in all'),
  'response-minutes': q('min', '响应时间', 'response time', 1),
  // computing
  'cpu-use': q('%', 'CPU 使用率', 'CPU use', 1),
  'memory-use': q('%', '内存使用率', 'memory use', 1),
  'storage-use': q('%', '存储使用率', 'storage use', 1),
  'job-success': q('', '任务成功', 'job succeeded'),
  'job-late-minutes': q('min', '任务延迟', 'job lateness'),
  // farming
  'soil-moisture': q('%', '土壤湿度', 'soil moisture', 1),
  'pest-count': q('', '虫情', 'pest count'),
} as const satisfies Readonly<Record<string, Quantity>>;

export type QuantityName = keyof typeof quantities;

/** Whether there is such a quantity. */
export const isQuantity = (name: string): name is QuantityName => Object.hasOwn(quantities, name);
