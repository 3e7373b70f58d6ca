import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PinyinInitials } from './pinyin-initials.ts';

const pinyin = new PinyinInitials();

/** Characters that one meets in names of places, roads and institutions, by the first letter of how they are read. */
const byInitial: Readonly<Record<string, string>> = {
  a: '安岸案爱',
  b: '八白百板半办包宝保报北备本比边变标表宾兵病博不步部碑',
  c: '才财采彩菜仓草册侧测层昌厂常场超潮城成程池赤冲出初川船春词磁次村陈茶',
  d: '大代带丹当党道德灯登低地第点电店丁定东冻动斗度渡端段队对多',
  e: '恩儿二峨',
  f: '发法饭方防房放飞肥费分丰风凤夫服福府复富',
  g: '改干甘岗钢港高歌格个根更工公功共沟古故关观管光广归桂国',
  h: '海汉杭航好号河荷黑横红洪湖虎花化画环黄汇惠火湟',
  j: '机鸡基急集几济加家嘉架监检见建江交胶角街节金锦进京经景静九旧居局军均',
  k: '开看康考科可客口库快矿',
  l: '拉来兰蓝老雷离李里理力立丽利联连练良两亮料林临岭刘流柳龙楼卢芦鲁路陆旅绿伦罗洛',
  m: '马买满毛贸梅门米苗庙民明磨末木牧',
  n: '南内能泥年宁牛农暖女',
  o: '欧瓯',
  p: '牌攀盘培配棚皮片平坡浦',
  q: '七其齐旗企起气汽前钱桥青清秋渠泉群',
  r: '然热人仁日容荣如入瑞',
  s: '三桑森沙山商上少社深生圣师十时实史市事收手书树数双水顺司思寺四松宋苏酸孙所',
  t: '塔台太泰谈唐塘桃陶特体天田铁听厅亭通同铜桐头图土团',
  w: '外湾王网旺望危威为卫温文闻翁武五务物屋',
  x: '西希溪习下夏先县线乡相香祥向项小晓新信兴星幸休修徐许学雪',
  y: '崖亚烟延岩盐阳杨洋养窑药业一医宜义邑艺银应英迎营永油游友鱼渔玉元园院原远月云运',
  z: '载再早造渣寨展站张章漳赵照浙镇正政之支直职止中钟众州洲竹主住庄紫宗总祖左作',
};

describe('the initials of Chinese names', () => {
  test('the collation of this runtime agrees with a table made by hand', () => {
    const table = Object.entries(byInitial).flatMap(([initial, characters]) => Array.from(characters, (one) => [one, initial] as const));
    expect(table.length).toBeGreaterThan(450);
    expect(pinyin.available).toBe(true);
    expect(table.filter(([character, initial]) => pinyin.of(character).join() !== initial)).toEqual([]);
  });

  test.each<[name: string, forms: readonly string[]]>([
    ['东仓大道', ['dcdd']],
    ['丁蜀镇', ['dsz']],
    ['陶源路与滨湖大道路口东向', ['tylybhddlkdx']],
    ['青坯小学 东门', ['qpxxdm']],
    ['解放东路12号（南）', ['jfdl12hn', 'xfdl12hn']],
    ['g312国道k5', ['g312gdk5']],
    // Passed over, but 1 and 2 stay apart: 12 stands nowhere.
    ['幼儿园1-2班', ['yey1 2b']],
    ['幼儿园1👮2班', ['yey1 2b']],
    ['东·门', ['dm']],
    ['〇一站', ['lyz']],
    ['sluice 7', []],
    ['', []],
    ['👮', []],
  ])('%s is keyed in as %j', (name, forms) => {
    expect(pinyin.of(name)).toEqual(forms);
  });

  test.each<[name: string, form: string]>([
    ['重庆路', 'cql'],
    ['重工路', 'zgl'],
    ['长安街', 'caj'],
    ['校长办', 'xzb'],
    ['银行', 'yh'],
    ['行政中心', 'xzzx'],
    ['音乐广场', 'yygc'],
    ['乐园', 'ly'],
    ['厦门路', 'xml'],
    ['大厦', 'ds'],
    ['会计楼', 'kjl'],
    ['会展中心', 'hzzx'],
    ['单县路', 'sxl'],
    ['单元', 'dy'],
    ['盛泽', 'sz'],
    ['盛米', 'cm'],
    ['朝阳路', 'cyl'],
    ['朝霞', 'zx'],
    ['曾家桥', 'zjq'],
    ['曾经', 'cj'],
    ['长乐校区', 'clxq'],
  ])('each reading counts: %s is %s, too', (name, form) => {
    expect(pinyin.of(name)).toContain(form);
  });

  test('a name of many double readings has eight forms at most', () => {
    expect(pinyin.of('长重行')).toHaveLength(8);
    const many = pinyin.of('长重行乐厦会'.repeat(20));
    expect(many).toHaveLength(8);
    expect(new Set(many).size).toBe(8);
    expect(many.every((form) => form.length === 120)).toBe(true);
  });

  test('without a collation by pinyin no name has initials', () => {
    const byCode = new PinyinInitials((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(byCode.available).toBe(false);
    expect(byCode.of('东仓大道')).toEqual([]);
    expect(byCode.of('重庆')).toEqual([]);
  });

  test('each character is looked up once', () => {
    let asked = 0;
    const collator = new Intl.Collator('zh-u-co-pinyin');
    const counting = new PinyinInitials((a, b) => {
      asked += 1;
      return collator.compare(a, b);
    });
    counting.of('东仓大道');
    const before = asked;
    counting.of('道大仓东');
    expect(asked).toBe(before);
  });

  test('any text gives letters and digits, with spaces between digits alone', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('东', '重', '𠮷', '〇', '1', 'a', ' ', '-', '👮'), fc.string({ unit: 'grapheme', maxLength: 1 })),
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, (name) => {
        const forms = pinyin.of(name.normalize('NFKC').toLowerCase());
        return forms.length <= 8 && forms.every((form) => /^[a-z0-9]+(?: [a-z0-9]+)*$/.test(form) && !/[a-z] | [a-z]/.test(form));
      }),
      { seed: 312, numRuns: 1000 },
    );
  });
});
