/** One factor of a packet with what is said of it: `Rtd`, `Avg`, `Flag` and others, by their names in small letters. */
export interface FactorItem {
  /** As the device writes it. */
  readonly code: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What a packet says of one time. */
export interface ParameterGroup {
  /** In digits, as the device writes it; null where it names none. */
  readonly dataTime: string | null;
  /** Fields that belong to no factor, by their names as they are written: `QnRtn`, `RestartTime`. */
  readonly plain: ReadonlyMap<string, string>;
  readonly factors: readonly FactorItem[];
}

/** The fields of a packet; `faults` are pieces that are none. */
export interface CommandParameters {
  readonly groups: readonly ParameterGroup[];
  readonly faults: number;
}

const pairsAtMost = 20_000;

/**
 * Reads what stands between `&&` and `&&` (HJ 212-2017 clause 6.3.3): items with `;`, attributes of one factor with `,`, a factor's attribute as `code-Attribute=value`.
 * Devices of the 2005 edition put several times into one packet: each `DataTime` begins a group.
 */
export function readParameters(text: string): CommandParameters {
  const groups: ParameterGroup[] = [];
  let faults = 0;
  let pairs = 0;
  let group = newGroup(null);
  const close = () => {
    if (group.dataTime !== null || group.plain.size > 0 || group.factors.size > 0)
      groups.push({ dataTime: group.dataTime, plain: group.plain, factors: [...group.factors.values()] });
  };
  for (const item of text.split(';'))
    for (const pair of item.split(',')) {
      if (pair.trim() === '') continue;
      pairs += 1;
      const sign = pair.indexOf('=');
      const name = pair.slice(0, Math.max(sign, 0)).trim();
      if (sign < 0 || !/^[A-Za-z0-9_.-]{1,64}$/.test(name) || pairs > pairsAtMost) {
        faults += 1;
        continue;
      }
      const value = pair.slice(sign + 1).trim();
      if (/^datatime$/i.test(name)) {
        if (group.dataTime !== null) {
          close();
          group = newGroup(value);
        } else group.dataTime = value;
        continue;
      }
      const dash = name.lastIndexOf('-');
      if (dash <= 0) {
        group.plain.set(name, value);
        continue;
      }
      const code = name.slice(0, dash);
      let factor = group.factors.get(code);
      if (!factor) {
        factor = { code, attributes: new Map() };
        group.factors.set(code, factor);
      }
      factor.attributes.set(name.slice(dash + 1).toLowerCase(), value);
    }
  close();
  return { groups, faults };
}

interface OpenGroup {
  dataTime: string | null;
  readonly plain: Map<string, string>;
  readonly factors: Map<string, { readonly code: string; readonly attributes: Map<string, string> }>;
}
const newGroup = (dataTime: string | null): OpenGroup => ({ dataTime, plain: new Map(), factors: new Map() });
