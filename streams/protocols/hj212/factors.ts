/** What a factor code means, and the unit that the standard has its concentration in. */
export interface Factor {
  /** The code of the 2017 edition, in small letters. */
  readonly code: string;
  readonly zh: string;
  readonly unit: string;
}

/**
 * HJ 212-2017 appendix B: code, code of the 2005 edition (`-`: none), unit (`-`: none), name. For the ammonia and the particulates of air the print has ng/m³; every station that is
 * known sends µg/m³ of particulates and mg/m³ of ammonia, so that is what stands here.
 */
const printed = `
w00000 B01 L/s 污水
w01001 001 - pH值
w01002 002 度 色度
w01003 - NTU 浑浊度
w01006 - mg/L 溶解性总固体
w01009 - mg/L 溶解氧
w01010 - °C 水温
w01012 003 mg/L 悬浮物
w01014 - µS/cm 电导率
w01016 - µg/L 叶绿素a
w01017 010 mg/L 五日生化需氧量
w01018 011 mg/L 化学需氧量
w01019 - mg/L 高锰酸盐指数
w01020 015 mg/L 总有机碳
w02003 550 1/L 粪大肠菌群
w02006 - 1/L 细菌总数
w19001 - mg/L 表面活性剂
w19002 520 mg/L 阴离子表面活性剂
w20012 039 mg/L 钡
w20023 037 mg/L 硼
w20038 040 mg/L 钴
w20061 038 mg/L 钼
w20089 041 ng/L 铊
w20092 036 mg/L 锡
w20111 020 µg/L 总汞
w20113 021 ng/L 烷基汞
w20115 022 µg/L 总镉
w20116 023 mg/L 总铬
w20117 024 µg/L 六价铬
w20119 026 µg/L 总砷
w20120 027 µg/L 总铅
w20121 028 mg/L 总镍
w20122 029 mg/L 总铜
w20123 030 mg/L 总锌
w20124 031 mg/L 总锰
w20125 032 mg/L 总铁
w20126 033 mg/L 总银
w20127 034 µg/L 总铍
w20128 035 µg/L 总硒
w20138 - mg/L 铜
w20139 - mg/L 锌
w20140 - mg/L 硒
w20141 - mg/L 砷
w20142 - µg/L 汞
w20143 - µg/L 镉
w20144 - mg/L 铅
w21001 065 mg/L 总氮
w21003 060 mg/L 氨氮
w21004 062 mg/L 凯氏氮
w21006 063 mg/L 亚硝酸盐
w21007 064 mg/L 硝酸盐
w21011 101 mg/L 总磷
w21016 070 mg/L 氰化物
w21017 072 mg/L 氟化物
w21019 071 mg/L 硫化物
w21022 090 mg/L 氯化物
w21038 - mg/L 硫酸盐
w22001 080 mg/L 石油类
w23002 110 mg/L 挥发酚
w25043 540 µg/L 苯并[α]芘
w33001 350 ng/L 六六六
w33007 351 ng/L 滴滴涕
w99001 061 mg/L 有机氮
a00000 B02 m³/s 废气
a01001 - °C 温度
a01002 - % 湿度
a01006 - kPa 气压
a01007 - m/s 风速
a01008 - ° 风向
a01010 37 - 林格曼黑度
a01011 S02 m/s 烟气流速
a01012 S03 °C 烟气温度
a01013 S08 kPa 烟气压力
a01014 S05 % 烟气湿度
a01015 S06 °C 制冷温度
a01016 S07 m² 烟道截面积
a01017 S04 kPa 烟气动压
a01901 - °C 垃圾焚烧炉膛内焚烧平均温度
a01902 - °C 垃圾焚烧炉膛内DCS温度
a05001 30 mg/m³ 二氧化碳
a05002 - mg/m³ 甲烷
a05024 - mg/m³ 臭氧
a19001 S01 % 氧气含量
a20007 - ng/m³ 砷
a20016 36 mg/m³ 铍及其化合物
a20025 33 mg/m³ 镉及其化合物
a20026 - ng/m³ 镉
a20043 32 mg/m³ 铅及其化合物
a20044 - ng/m³ 铅
a20057 31 mg/m³ 汞及其化合物
a20058 - ng/m³ 汞
a20063 35 mg/m³ 镍及其化合物
a20091 34 mg/m³ 锡及其化合物
a21001 10 mg/m³ 氨
a21002 03 mg/m³ 氮氧化物
a21003 - mg/m³ 一氧化氮
a21004 - mg/m³ 二氧化氮
a21005 04 mg/m³ 一氧化碳
a21017 07 mg/m³ 氰化物
a21018 06 mg/m³ 氟化物
a21022 11 mg/m³ 氯气
a21024 08 mg/m³ 氯化氢
a21026 02 mg/m³ 二氧化硫
a21028 05 mg/m³ 硫化氢
a23001 27 mg/m³ 酚类
a24046 29 mg/m³ 氯乙烯
a24087 25 mg/m³ 碳氢化合物
a24088 - mg/m³ 非甲烷总烃
a25002 - mg/m³ 苯
a25003 17 mg/m³ 甲苯
a25005 18 mg/m³ 二甲苯
a25010 23 mg/m³ 氯苯
a25023 22 mg/m³ 硝基苯
a25044 20 mg/m³ 苯并[a]芘
a26001 21 mg/m³ 苯胺类
a30001 28 mg/m³ 甲醇
a30022 13 mg/m³ 硫醇
a31001 19 mg/m³ 甲醛
a31002 26 mg/m³ 乙醛
a34000 - mg/m³ 颗粒物
a34001 - µg/m³ 总悬浮颗粒物
a34002 - µg/m³ 可吸入颗粒物PM10
a34004 - µg/m³ 细颗粒物PM2.5
a34005 - µg/m³ 亚微米颗粒物PM1.0
a34011 - t/km²·月 降尘
a34013 01 mg/m³ 烟尘
a34017 - mg/m³ 炭黑尘
a34038 09 mg/m³ 沥青烟
a34039 14 mg/m³ 硫酸雾
a34040 15 mg/m³ 铬酸雾
a99049 24 mg/m³ 光气
a99051 12 mg/m³ 二硫化碳
a99054 - mg/m³ 挥发性有机物
la - dB A权声级
leq - dB 等效声级
ldn - dB 昼夜等效声级
ld - dB 昼间等效声级
ln - dB 夜间等效声级
lmx - dB 最大瞬时声级
lmn - dB 最小瞬时声级
l5 - dB 累计百分声级L5
l10 - dB 累计百分声级L10
l50 - dB 累计百分声级L50
l90 - dB 累计百分声级L90
l95 - dB 累计百分声级L95
`;

const byCode = new Map<string, Factor>();
for (const row of printed.trim().split('\n')) {
  const [code, old, unit, zh] = row.split(' ') as [string, string, string, string];
  const factor = { code, zh, unit: unit === '-' ? '' : unit };
  byCode.set(code, factor);
  if (old !== '-') byCode.set(old.toLowerCase(), factor);
}

/** What a factor code of either edition means; undefined: the tables do not have it. */
export const factorOf = (code: string): Factor | undefined => byCode.get(code.toLowerCase());

/** Every factor that the tables have, once. */
export const factors: readonly Factor[] = [...new Set(byCode.values())];
