/** The wall on the desk: pictures of its screens, what is dropped on it, several tiles at once. */
export default {
  picture: {
    age: '画面 {age} 前',
    refused: '画面含权限外摄像机',
    alt: '{screen} 的画面，{age} 前',
  },
  held: '{name} 占用',
  heldMine: '本人占用',
  marked: '待互换',
  choice: {
    span: '已选跨屏窗格',
    several: '已选 {n} 格，回车放一路跨格画面',
    swap: '{place} 待互换：选另一格按 X，Esc 取消',
  },
  drop: {
    put: '{camera} 放到 {place}',
    across: '{camera} 换到此跨屏窗格',
    fill: '“{title}”{n} 路放到 {place} 起',
    apply: '“{layout}”放到 {screen}',
    recall: '调用预案“{preset}”',
    swap: '与 {place} 互换',
    swapSpan: '与此跨屏窗格互换',
    any: '放到 {place}',
    anySpan: '放到此跨屏窗格',
  },
  notice: {
    across: '{camera} 已跨 {n} 格显示',
    full: '这面大屏已有 {n} 个跨屏窗格，请先清除一个。',
    replaced: '{camera} → 跨屏窗格',
    spanCleared: '已清除 {n} 个跨屏窗格',
    cleared: '已清空 {n} 格',
    swapped: '{one} 与 {other} 已互换',
    filled: '{screen}：从第 {from} 格起放入 {n} 路',
    dropUnreadable: '拖来的内容无法识别。',
  },
};
