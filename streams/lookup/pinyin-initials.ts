/** The first character of each initial in the pinyin collation of CLDR, in its order. */
const firstOf: readonly (readonly [initial: string, first: string])[] = [
  ['a', '吖'],
  ['b', '八'],
  ['c', '嚓'],
  ['d', '咑'],
  ['e', '妸'],
  ['f', '发'],
  ['g', '旮'],
  ['h', '哈'],
  ['j', '丌'],
  ['k', '咔'],
  ['l', '垃'],
  ['m', '妈'],
  ['n', '拏'],
  ['o', '噢'],
  ['p', '妑'],
  ['q', '七'],
  ['r', '呥'],
  ['s', '仨'],
  ['t', '他'],
  ['w', '屲'],
  ['x', '夕'],
  ['y', '丫'],
  ['z', '帀'],
];
/** The last character that has a reading; what comes behind it has none. */
const last = '糳';

/**
 * Characters of names of places, roads and institutions that are read in two ways, or in another way than the collation has them. The
 * usual initial in such names first.
 */
const readings: Readonly<Record<string, string>> = {
  长: 'cz',
  重: 'zc',
  行: 'hx',
  乐: 'ly',
  厦: 'sx',
  会: 'hk',
  单: 'ds',
  盛: 'sc',
  朝: 'cz',
  曾: 'zc',
  车: 'cj',
  石: 'sd',
  区: 'qo',
  仇: 'qc',
  查: 'cz',
  翟: 'zd',
  种: 'zc',
  解: 'jx',
  降: 'jx',
  校: 'xj',
  调: 'td',
  弹: 'dt',
  传: 'cz',
  藏: 'cz',
  参: 'cs',
  乘: 'cs',
  澄: 'cd',
  召: 'zs',
  沈: 'sc',
  叶: 'yx',
  谷: 'gy',
  贾: 'jg',
  句: 'jg',
  圩: 'wx',
  埔: 'pb',
  堡: 'bp',
  泊: 'bp',
  番: 'fp',
  浒: 'hx',
  涡: 'gw',
  荥: 'xy',
  莘: 'xs',
  筠: 'yj',
  峒: 'dt',
  枞: 'zc',
  宿: 'sx',
  尉: 'wy',
  蔚: 'wy',
  屯: 'tz',
  强: 'qj',
  圈: 'qj',
  巷: 'xh',
  合: 'hg',
  还: 'hx',
  便: 'bp',
  万: 'wm',
  褚: 'cz',
  喔: 'ow',
};

/** The most ways to key in one name: three characters with two readings each. In a name with more of them the others count as they usually are read. */
const formsAtMost = 8;

const notAsked = 0;
/** 1 to 26 stand for a to z. */
const none = 27;
const several = 28;
const codeOf = (initial: string) => initial.charCodeAt(0) - 96;

/**
 * How names are keyed in by their initials: 东仓大道 is `dcdd`. The initials come from the collation by pinyin that the runtime brings along,
 * so no table of twenty thousand characters has to be shipped; where a runtime has no such collation, no name has initials and nothing else
 * changes. Each character is looked up once.
 */
export class PinyinInitials {
  readonly #compare: (a: string, b: string) => number;
  /** What is known of each character of the basic plane. */
  readonly #known = new Uint8Array(0x1_0000);
  /** False where the runtime has no collation by pinyin. */
  readonly available: boolean;

  constructor(compare: (a: string, b: string) => number = new Intl.Collator('zh-u-co-pinyin').compare) {
    this.#compare = compare;
    this.available = firstOf.every(([, first], index) => compare(first, firstOf[index + 1]?.[1] ?? last) < 0);
    for (const character of Object.keys(readings)) this.#known[character.charCodeAt(0)] = several;
  }

  /**
   * The ways to key in `name`, which must be folded (lower case), the usual one first; none for a name without a Chinese character. Latin
   * letters and digits stand for themselves; everything else is passed over, but never so that two numbers become one.
   */
  of(name: string): readonly string[] {
    if (!this.available) return [];
    let forms: string[] = [''];
    let isChinese = false;
    let before = '';
    let gap = false;
    for (const character of name) {
      const initials = this.#initialsOf(character);
      if (initials === '') {
        gap = true;
        continue;
      }
      if (character > '\u007f') isChinese = true;
      if (initials.length > 1 && forms.length * initials.length <= formsAtMost)
        forms = forms.flatMap((form) => Array.from(initials, (initial) => form + initial));
      else {
        const next = initials.charAt(0);
        const mark = gap && isDigit(before) && isDigit(next) ? ` ${next}` : next;
        for (let index = 0; index < forms.length; index += 1) forms[index] += mark;
      }
      gap = false;
      before = initials;
    }
    return isChinese ? forms : [];
  }

  /** One letter or digit, several initials, or nothing. */
  #initialsOf(character: string): string {
    if (character <= '\u007f') return isDigit(character) || (character >= 'a' && character <= 'z') ? character : '';
    const unit = character.charCodeAt(0);
    // What lies beyond the basic plane is rare: it is looked up each time.
    if (character.length > 1) return this.#lookUp(character);
    let known = this.#known[unit] as number;
    if (known === notAsked) {
      const initial = this.#lookUp(character);
      known = initial === '' ? none : codeOf(initial);
      this.#known[unit] = known;
    }
    if (known === none) return '';
    return known === several ? (readings[character] as string) : String.fromCharCode(known + 96);
  }

  #lookUp(character: string): string {
    if (!/^\p{Script=Han}$/u.test(character) || this.#compare(character, last) > 0) return '';
    let low = 0;
    let high = firstOf.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare((firstOf[middle] as readonly [string, string])[1], character) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? '' : (firstOf[low - 1] as readonly [string, string])[0];
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
